// What was written down on this device and the server does not have yet: kept by person in IndexedDB, sent when the
// network and the sign-in are there, exactly once (the server knows a record by its number). Other scripts reach it as
// window.gaoboOutbox; every page sends what waits.

const person = document.body.dataset.user;
const NAME = `gaobo-records-${person}`;
// Thrown away at sign-out with the other drafts of the person: without it whatever is left in the store is forgotten.
const MARK = `gaobo-draft:${person}:records`;
const DAYS = 30;
const AGAIN_MS = 60000;
const listeners = [];

function local() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const asked = window.indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("items", { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("blocked"));
  });
}

async function withItems(mode, work) {
  const base = await open();
  try {
    return await new Promise((resolve, reject) => {
      const deal = base.transaction("items", mode);
      const asked = work(deal.objectStore("items"));
      deal.oncomplete = () => resolve(asked.result);
      deal.onabort = () => reject(deal.error);
      deal.onerror = () => reject(deal.error);
    });
  } finally {
    base.close();
  }
}

async function all() {
  const found = await withItems("readonly", (items) => items.getAll());
  const old = Date.now() - DAYS * 86400000;
  return found.filter((item) => item.state !== "draft" || item.at > old).sort((a, b) => b.at - a.at);
}

async function mark() {
  const waiting = (await all()).filter((item) => item.state !== "draft").length;
  local()?.setItem(MARK, String(waiting));
}

async function keep(item) {
  // First the mark: a page that opens meanwhile must not take the store for one that was given up.
  if (local()?.getItem(MARK) === null) local().setItem(MARK, "0");
  await withItems("readwrite", (items) => items.put({ ...item, at: Date.now() }));
  await mark();
  tellListeners();
}

async function forget(id) {
  await withItems("readwrite", (items) => items.delete(id));
  await mark();
  tellListeners();
}

function find(id) {
  return withItems("readonly", (items) => items.get(id));
}

function tellListeners() {
  for (const listener of listeners) listener();
}

// A fresh token of the session, and whether it is still this person's.
async function tokenFor(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin", cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const field = page.querySelector('input[name="csrfmiddlewaretoken"]');
  if (page.body.dataset.user !== person || !field) return null;
  return field.value;
}

async function post(item, token, byHand) {
  const data = new FormData();
  data.append("csrfmiddlewaretoken", token);
  for (const [name, value] of item.fields) data.append(name, value);
  for (const file of item.files || []) data.append("files", file.blob, file.name);
  return fetch(item.url, {
    method: "POST",
    body: data,
    headers: byHand ? { Accept: "application/json", "X-Requested-With": "fetch" } : { Accept: "application/json" },
    credentials: "same-origin",
    redirect: "manual",
  });
}

// What became of one sending: {state: "sent", url} | {state: "refused", problems} | {state: "offline"} | {state: "signed-out"}
async function send(item, token = "") {
  try {
    let answer = token ? await post(item, token, true) : null;
    const json = () => answer.headers.get("Content-Type")?.includes("application/json");
    if (!answer || answer.type === "opaqueredirect" || (answer.status === 403 && !json())) {
      // The token on the page may be older than the sign-in.
      const fresh = await tokenFor(item.url);
      if (!fresh) return { state: "signed-out" };
      answer = await post(item, fresh, Boolean(token));
    }
    if (answer.type === "opaqueredirect") return { state: "signed-out" };
    if (answer.status === 201) return { state: "sent", url: (await answer.json()).url };
    if (answer.status >= 500 || answer.status === 429) return { state: "offline" };
    if (json()) return { state: "refused", problems: (await answer.json()).errors };
    return { state: "refused", problems: [{ field: "", label: "", text: refusal(answer.status) }] };
  } catch {
    return { state: "offline" };
  }
}

function refusal(status) {
  if (status === 413) return "照片或附件太大，请去掉几张再发送。";
  if (status === 404) return "服务器上没有这份草稿或这个班级：可能已经归档或已交接，请到工作记录里核对。";
  return "服务器没有接受这条记录，请打开核对。";
}

let running = null;

// Send everything that waits, one after another; other tabs wait their turn.
function flush() {
  running ||= locked(async () => {
    const outcome = { sent: [], refused: 0, signedOut: false };
    for (const item of (await all()).reverse()) {
      if (item.state !== "waiting") continue;
      const result = await send(item);
      if (result.state === "sent") {
        await forget(item.id);
        outcome.sent.push({ label: item.label, url: result.url });
      } else if (result.state === "refused") {
        await keep({ ...item, state: "refused", problems: result.problems });
        outcome.refused += 1;
      } else {
        outcome.signedOut = result.state === "signed-out";
        break;
      }
    }
    return outcome;
  }).finally(() => (running = null));
  return running;
}

function locked(work) {
  return navigator.locks ? navigator.locks.request(NAME, work) : work();
}

function waits() {
  return Number(local()?.getItem(MARK) || 0) > 0;
}

function say(tone, word, text, link) {
  const box = document.getElementById("messages");
  if (!box) return;
  const notice = document.createElement("div");
  notice.className = `notice notice-${tone}`;
  notice.setAttribute("role", "status");
  notice.dataset.outbox = "yes";
  const line = document.createElement("div");
  const strong = document.createElement("strong");
  strong.textContent = word;
  const span = document.createElement("span");
  span.textContent = text;
  line.append(strong, span);
  if (link) {
    const anchor = document.createElement("a");
    anchor.className = "btn btn-plain btn-sm";
    anchor.href = link.href;
    anchor.textContent = link.text;
    line.append(" ", anchor);
  }
  notice.append(line);
  for (const old of box.querySelectorAll("[data-outbox]")) old.remove();
  box.append(notice);
}

async function flushAndSay() {
  if (!waits() || !navigator.onLine) return;
  const outcome = await flush().catch(() => null);
  if (!outcome) return;
  if (outcome.sent.length) {
    const last = outcome.sent[outcome.sent.length - 1];
    say("success", "完成", `已发送本机的 ${outcome.sent.length} 条记录。`, { href: last.url, text: "查看" });
  } else if (outcome.signedOut) {
    say("warning", "注意", "本机有记录等待发送，请重新登录，登录后自动发送。", { href: signIn(), text: "去登录" });
  } else if (outcome.refused) {
    say("warning", "注意", "有本机记录没有被接受，请打开核对。", { href: "/duties/new/", text: "查看" });
  }
}

function signIn() {
  return `/accounts/login/?next=${encodeURIComponent("/duties/new/")}`;
}

if (person && window.indexedDB) {
  window.gaoboOutbox = { all, keep, forget, find, send, flush, flushAndSay, signIn, say, onChange: (f) => listeners.push(f) };
  if (local() && local().getItem(MARK) === null) window.indexedDB.deleteDatabase(NAME);
  window.addEventListener("online", flushAndSay);
  window.setInterval(flushAndSay, AGAIN_MS);
  flushAndSay();

  // Signing out leaves nothing behind; what was not sent yet is asked about first.
  document.addEventListener(
    "submit",
    (event) => {
      if (!event.target.matches("[data-forget-drafts]")) return;
      const count = Number(local()?.getItem(MARK) || 0);
      if (count && !window.confirm(`本机还有 ${count} 条记录没有发送，退出后会删除。仍要退出吗？`)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      window.indexedDB.deleteDatabase(NAME);
    },
    true,
  );
}
