// Roll call: everybody is present, a tap on a tile marks the exception. What cannot be sent waits in the outbox of this
// device (keys of students, no names) and is sent from there once, as soon as the network and the session are back.

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

const outbox = window.gaoboOutbox;
const person = document.body.dataset.user;
const OPEN = `gaobo-draft:${person}:roll:`;
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
  } catch {
    // Without room the marks live as long as the page.
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

function say(text, tone, parts = []) {
  const box = make("div", `notice notice-${tone}`);
  box.setAttribute("role", tone === "error" ? "alert" : "status");
  const body = make("div");
  body.append(make("span", "", text), ...parts.flatMap((part) => [document.createTextNode(" "), part]));
  box.append(body);
  notices.replaceChildren(box);
  if (tone !== "info") box.scrollIntoView({ block: "center" });
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
    const within = one.row.dataset.slipPeriods.split("、");
    const applies = within.includes("*") || within.includes(now);
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

function take(marks) {
  let some = 0;
  for (const one of students) {
    const value = marks[one.radios.values().next().value.name];
    if (!value || !one.radios.has(value) || value === valueOf(one)) continue;
    choose(one, value, { remember: false });
    paint(one);
    some += 1;
  }
  return some;
}

function restore() {
  const kept = get(OPEN + form.dataset.key);
  if (!kept || Date.now() - kept.at > KEPT_HOURS * 3600000 || kept.period !== period()) return;
  const some = take(kept.marks);
  if (!some) return;
  say(`已恢复上次没有提交的 ${some} 处标记。`, "info", [
    button("重新开始", "btn btn-plain btn-sm", () => {
      drop(OPEN + form.dataset.key);
      window.location.reload();
    }),
  ]);
}

// A roll call that the server did not take is opened again from the list of what waits on this device.
async function reopen() {
  const id = new URLSearchParams(window.location.hash.slice(1)).get("d");
  const item = id && outbox ? await outbox.find(id).catch(() => null) : null;
  if (!item) return false;
  const fields = Object.fromEntries(item.fields);
  form.elements.client_id.value = item.id;
  for (const name of ["course_name", "course_teacher", "remark", "period_other"]) form.elements[name].value = fields[name] || "";
  const chip = form.querySelector(`input[name=period][value="${CSS.escape(fields.period || "")}"]:not([disabled])`);
  if (chip) chip.checked = true;
  followSlips();
  take(fields);
  showLesson();
  count();
  say(`这次点名还没有保存。${(item.problems || []).map((problem) => problem.text).join("；")}`, "error");
  return true;
}

// `state` closes the form: "sending", "waiting" on this device, "saved"; empty opens it again.
function save(text, state = "") {
  const made = form.querySelector("[data-roll-save]");
  made.disabled = Boolean(state);
  made.textContent = text;
  form.dataset.locked = state;
  // What is on its way is not changed behind its own back.
  for (const part of form.querySelectorAll(".roll-lesson, .roll-find, .roll-students, .roll-marked, [data-roll-undo]")) part.inert = Boolean(state);
}

// While it waits, other pages of the product may send it; this one must not change it any more.
async function follow() {
  if (form.dataset.locked !== "waiting") return;
  const item = await outbox.find(form.elements.client_id.value).catch(() => null);
  if (!item) {
    save("已保存", "saved");
    notices.replaceChildren();
  } else if (item.state === "refused") {
    save("保存点名");
    say((item.problems || []).map((problem) => problem.text).join("；"), "error");
  }
}

function snapshot() {
  const lesson = [form.dataset.name, period()].filter(Boolean).join(" ");
  return {
    id: form.elements.client_id.value,
    state: "waiting",
    label: `点名 ${lesson}`,
    day: form.elements.day.value,
    url: window.location.pathname,
    fields: [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"),
  };
}

async function submit(event) {
  if (!outbox) return;
  event.preventDefault();
  if (form.dataset.locked) return;
  if (!period()) {
    form.querySelector(".roll-lesson").open = true;
    say("请先选择节次。", "error");
    return;
  }
  const item = snapshot();
  save("正在保存…", "sending");
  try {
    // Kept before it is sent: whatever happens to the tab, it is not lost.
    await outbox.keep(item);
  } catch {
    form.submit();
    return;
  }
  const answer = await outbox.send(item, form.elements.csrfmiddlewaretoken.value);
  if (answer.state === "sent") {
    await outbox.forget(item.id);
    drop(OPEN + form.dataset.key);
    window.location.assign(answer.url);
  } else if (answer.state === "refused") {
    await outbox.forget(item.id);
    save("保存点名");
    const first = answer.problems.find((problem) => problem.url);
    say(answer.problems.map((problem) => problem.text).join("；"), "error", first ? [link("查看原来的点名", first.url)] : []);
  } else {
    drop(OPEN + form.dataset.key);
    save("已存本机", "waiting");
    const parts = answer.state === "signed-out" ? [link("重新登录", outbox.signIn())] : [];
    const why = parts.length ? "登录已过期：点名已存在本机，登录后自动发送，只会登记一次。" : "没有网络：点名已存在本机，联网后自动发送，只会登记一次。";
    say(why, "warning", parts);
  }
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
  if (!correcting) {
    reopen().then((again) => {
      if (!again) restore();
      count();
    });
    form.addEventListener("submit", submit);
    outbox?.onChange(follow);
  }
  showLesson();
  count();
}
