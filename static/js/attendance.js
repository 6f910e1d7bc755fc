// Roll call: everybody is present, a tap on a tile marks the exception. A roll call that cannot be sent waits in this
// browser (keys of students only, no names) and is sent once as soon as the network and the session are back.

const WORDS = {
  present: "出勤", absent: "旷课", late: "迟到", early: "早退", leave: "请假", official: "公假", unapproved: "未准假",
};
const TURN = ["present", "absent", "late", "early", "leave"];
const LOOK = {
  absent: "is-absent", unapproved: "is-absent", late: "is-late", early: "is-late", leave: "is-excused",
  official: "is-excused", slip: "is-excused",
};
const EXCUSED = new Set(["slip", "leave", "official"]);
const ABSENT = new Set(["absent", "unapproved"]);
const KEPT_HOURS = 12;

const person = document.body.dataset.user;
const WAITING = `gaobo-roll:${person}:`;
const OPEN = `gaobo-roll-open:${person}:`;
const notices = document.querySelector("[data-roll-notices]");

function store() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function put(key, value) {
  try {
    store()?.setItem(key, JSON.stringify(value));
    return Boolean(store());
  } catch {
    return false;
  }
}

function get(key) {
  try {
    return JSON.parse(store()?.getItem(key) || "null");
  } catch {
    return null;
  }
}

function drop(key) {
  try {
    store()?.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

function make(tag, css, text) {
  const made = document.createElement(tag);
  if (css) made.className = css;
  if (text !== undefined) made.textContent = text;
  return made;
}

function say(text, tone, id, parts = []) {
  if (!notices) return;
  if (id) notices.querySelector(`[data-about="${CSS.escape(id)}"]`)?.remove();
  const box = make("div", `notice notice-${tone}`);
  box.setAttribute("role", tone === "error" ? "alert" : "status");
  if (id) box.dataset.about = id;
  const body = make("div");
  body.append(make("span", "", text), ...parts.flatMap((part) => [document.createTextNode(" "), part]));
  box.append(body);
  notices.append(box);
  if (tone === "error") box.scrollIntoView({ block: "center" });
}

function link(label, url) {
  const made = make("a", "", label);
  made.href = url;
  return made;
}

function button(label, css, act) {
  const made = make("button", css, label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

// Sending

function token() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (field) return field.value;
  try {
    return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  } catch {
    return "";
  }
}

// Answers: {state: "sent" | "refused" | "away" | "offline", message, url}. Only "sent" and a person's own decision end a
// kept roll call; the server knows its number, so that sending it again is harmless.
async function send(kept, byHand = false) {
  const body = new URLSearchParams(kept.fields);
  const headers = { "X-CSRFToken": token(), "X-Requested-With": "fetch", Accept: "application/json" };
  if (byHand) headers["X-By-Hand"] = "1";
  try {
    const answer = await fetch(kept.url, {
      method: "POST",
      body,
      credentials: "same-origin",
      headers,
    });
    const isJson = (answer.headers.get("Content-Type") || "").includes("application/json");
    if (!isJson) return { state: answer.status >= 500 ? "offline" : "away", status: answer.status };
    const data = await answer.json();
    return { state: data.ok ? "sent" : "refused", message: data.message, url: data.url };
  } catch {
    return { state: "offline" };
  }
}

function keys() {
  try {
    return Object.keys(store() || {}).filter((key) => key.startsWith(WAITING));
  } catch {
    return [];
  }
}

let flushing = false;

async function flush() {
  if (flushing || !person || navigator.onLine === false) return;
  flushing = true;
  for (const key of keys()) {
    const kept = get(key);
    if (!kept) {
      drop(key);
      continue;
    }
    const answer = await send(kept);
    if (answer.state === "sent") {
      drop(key);
      say(`已补发：${answer.message}`, "success", key, [link("查看", answer.url)]);
      unlock(kept.fields);
    } else if (answer.state === "refused") {
      const parts = answer.url ? [link("查看原来的点名", answer.url)] : [];
      parts.push(button("丢弃本机草稿", "btn btn-plain btn-sm", () => {
        drop(key);
        notices?.querySelector(`[data-about="${CSS.escape(key)}"]`)?.remove();
      }));
      say(`${kept.title}没有保存：${answer.message}`, "error", key, parts);
    } else if (answer.state === "away") {
      say(`${kept.title}还在本机，登录后会自动发送。`, "warning", key, [link("重新登录", window.location.href)]);
    } else {
      break;
    }
  }
  flushing = false;
}

window.addEventListener("online", flush);
flush();

// The page

const form = document.querySelector("form[data-roll-call]");
const correcting = form?.hasAttribute("data-correcting");
const students = form ? [...form.querySelectorAll("[data-student]")].map(student) : [];
const undone = [];

function student(row) {
  const fieldset = row.querySelector("fieldset");
  const radios = new Map([...fieldset.querySelectorAll("input")].map((input) => [input.value, input]));
  const tile = make("button", "roll-tile");
  tile.type = "button";
  const name = fieldset.querySelector("legend").firstChild.textContent.trim();
  const word = make("span");
  tile.append(make("b", "", name), word);
  row.append(tile);
  return { row, fieldset, radios, tile, word, name, touched: false };
}

// Two students of one name are told apart by the end of their number.
function tellApart() {
  const names = new Map();
  for (const one of students) names.set(one.name, [...(names.get(one.name) || []), one]);
  for (const same of names.values()) {
    if (same.length > 1) for (const one of same) one.tile.firstChild.append(` ${one.fieldset.querySelector("legend small").textContent}`);
  }
}

function valueOf(one) {
  for (const [value, input] of one.radios) if (input.checked) return value;
  return "present";
}

function wordOf(one, value) {
  return value === "slip" ? one.row.dataset.slip.split(" ")[0] : WORDS[value];
}

function choose(one, value, { remember = true } = {}) {
  const before = valueOf(one);
  if (before === value) return;
  if (remember) undone.push([one, before]);
  one.radios.get(value).checked = true;
  one.touched = true;
}

function paint(one) {
  const value = valueOf(one);
  one.shown = value;
  one.tile.className = `roll-tile ${LOOK[value] || ""}`;
  one.word.textContent = wordOf(one, value);
  const tray = form.querySelector("[data-roll-tray]");
  if (value === "present") {
    if (one.fieldset.parentElement !== one.row) {
      const line = one.fieldset.parentElement;
      one.row.prepend(one.fieldset);
      line.remove();
    }
  } else if (one.fieldset.parentElement === one.row) {
    const line = make("li");
    line.append(one.fieldset);
    tray.append(line);
  }
}

function count() {
  let excused = 0;
  let absent = 0;
  let late = 0;
  for (const one of students) {
    const value = valueOf(one);
    if (EXCUSED.has(value)) excused += 1;
    else if (ABSENT.has(value)) absent += 1;
    else if (value === "late" || value === "early") late += 1;
  }
  const line = form.querySelector("[data-roll-count]");
  line.replaceChildren();
  const add = (label, number) => line.append(document.createTextNode(`${label} `), make("strong", "", String(number)), document.createTextNode(" "));
  add("应到", students.length);
  add("实到", students.length - excused - absent);
  add("缺", excused + absent);
  if (late) add("迟早", late);
  form.querySelector("[data-roll-marked]").hidden = excused + absent + late === 0;
  form.querySelector("[data-roll-undo]").hidden = undone.length === 0;
}

function keepOpen() {
  if (correcting) return;
  const marks = {};
  for (const one of students) {
    const value = valueOf(one);
    if (one.touched) marks[one.radios.get(value).name] = value;
  }
  put(OPEN + form.dataset.key, { at: Date.now(), period: period(), marks });
}

function changed(one) {
  paint(one);
  count();
  keepOpen();
}

function period() {
  return form.elements.period_other.value.trim() || form.querySelector("input[name=period]:checked")?.value || "";
}

function showLesson() {
  const course = form.elements.course_name.value.trim();
  form.querySelector("[data-lesson]").textContent = [period() || "选择节次", course].filter(Boolean).join("·");
}

// A slip for single periods excuses in those only.
function followSlips() {
  const now = period();
  const shown = [];
  for (const one of students) {
    if (!one.radios.has("slip")) continue;
    const named = one.row.dataset.slipPeriods.split(/[、,，;；\s]+/).filter(Boolean);
    const applies = named.length === 0 || named.includes(now);
    const value = valueOf(one);
    if (!correcting && !one.touched && applies !== (value === "slip")) {
      choose(one, applies ? "slip" : "present", { remember: false });
      one.touched = false;
      paint(one);
    }
    one.radios.get("slip").disabled = !applies;
    if (applies) shown.push(one.radios.get("slip").name.slice("mark_".length));
  }
  if (form.elements.shown_slips) form.elements.shown_slips.value = shown.join(",");
  count();
}

function restore() {
  if (correcting) return;
  const kept = get(OPEN + form.dataset.key);
  if (!kept || Date.now() - kept.at > KEPT_HOURS * 3600000 || kept.period !== period()) return;
  let some = 0;
  for (const one of students) {
    const first = one.radios.values().next().value;
    const value = kept.marks[first.name];
    if (value && one.radios.has(value) && value !== valueOf(one)) {
      choose(one, value, { remember: false });
      paint(one);
      some += 1;
    }
  }
  if (!some) return;
  say(`已恢复上次没有提交的 ${some} 处标记。`, "info", "restored", [
    button("重新开始", "btn btn-plain btn-sm", () => {
      drop(OPEN + form.dataset.key);
      window.location.reload();
    }),
  ]);
}

function lock(text) {
  const save = form.querySelector("[data-roll-save]");
  save.disabled = true;
  save.textContent = text;
  form.dataset.locked = "yes";
}

function unlock(fields) {
  // The roll call of this very page was sent meanwhile: it must not be changed here any more.
  if (form?.dataset.locked && new URLSearchParams(fields).get("client_id") === form.elements.client_id.value) lock("已保存");
}

async function submit(event) {
  event.preventDefault();
  if (form.dataset.locked) return;
  if (!period()) {
    form.querySelector(".roll-lesson").open = true;
    say("请先选择节次。", "error", "period");
    return;
  }
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const key = WAITING + form.elements.client_id.value;
  const title = `${form.elements.day.value.slice(5)} ${period()} 的点名`;
  const kept = { at: Date.now(), url: window.location.pathname, title, fields };
  // Kept before it is sent: whatever happens to the tab, it is not lost.
  const safe = put(key, kept);
  lock("正在保存…");
  flushing = true;
  const answer = await send(kept, true);
  flushing = false;
  if (answer.state === "sent") {
    drop(key);
    drop(OPEN + form.dataset.key);
    window.location.assign(answer.url);
    return;
  }
  if (answer.state === "refused") {
    drop(key);
    delete form.dataset.locked;
    const save = form.querySelector("[data-roll-save]");
    save.disabled = false;
    save.textContent = "保存点名";
    say(answer.message, "error", "refused", answer.url ? [link("查看原来的点名", answer.url)] : []);
    return;
  }
  drop(OPEN + form.dataset.key);
  if (!safe) {
    delete form.dataset.locked;
    const save = form.querySelector("[data-roll-save]");
    save.disabled = false;
    save.textContent = "再试一次";
    say("没有连上服务器，本机也存不下；请不要关闭页面，稍后再试。", "error", "offline");
    return;
  }
  lock("已存本机");
  if (answer.state === "away") say(`${title}已存在本机，登录后会自动发送。`, "warning", key, [link("重新登录", window.location.href)]);
  else say(`没有网络：${title}已存在本机，联网后自动发送，不会重复。`, "warning", key);
}

if (form) {
  const list = form.querySelector("[data-roll-students]");
  list.classList.add("is-tapping");
  form.querySelector("[data-roll-find]").hidden = false;
  form.querySelector("[data-roll-hint]").hidden = false;
  for (const one of students) {
    one.tile.addEventListener("click", () => {
      const turn = one.radios.has("slip") && !one.radios.get("slip").disabled ? ["slip", ...TURN] : TURN;
      choose(one, turn[(turn.indexOf(valueOf(one)) + 1) % turn.length]);
      changed(one);
    });
    for (const input of one.radios.values()) {
      input.addEventListener("change", () => {
        one.touched = true;
        undone.push([one, one.shown]);
        changed(one);
      });
    }
    paint(one);
  }
  form.querySelector("[data-roll-undo]").addEventListener("click", () => {
    const last = undone.pop();
    if (!last) return;
    choose(last[0], last[1], { remember: false });
    changed(last[0]);
  });
  const search = form.querySelector("#roll-search");
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    let some = false;
    for (const one of students) {
      one.row.hidden = !one.row.dataset.search.includes(wanted);
      some = some || !one.row.hidden;
    }
    form.querySelector("[data-roll-none]").hidden = some;
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  for (const field of form.querySelectorAll("input[name=period], #id_period_other, #id_course_name")) {
    field.addEventListener("input", () => {
      showLesson();
      followSlips();
    });
  }
  tellApart();
  followSlips();
  restore();
  showLesson();
  count();
  if (!correcting) form.addEventListener("submit", submit);
}
