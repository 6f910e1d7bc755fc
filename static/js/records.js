// Writing records down: names to tap, lists to paste, photos made small, drafts that survive, sending when there is a
// network. Without this script the same form works with lists and a plain upload.

const outbox = window.gaoboOutbox;
const LARGEST_SIDE = 1600;
const SMALL_ENOUGH = 400 * 1024;
const JPEG_QUALITY = 0.82;
const SEARCH_FROM = 12;

function make(tag, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

function changed(element) {
  element.dispatchEvent(new Event("input", { bubbles: true }));
}

// Names to tap

class Picker {
  constructor(box, form) {
    this.box = box;
    this.form = form;
    this.select = box.querySelector("select");
    this.one = form.dataset.students === "one" && this.select.name === "students";
    this.count = box.querySelector("[data-picker-count]");
    this.select.hidden = true;
    this.names = make("div", { class: "picker-names", role: "group", "aria-label": box.querySelector("label").textContent });
    this.draw();
    this.select.after(this.names);
    if (this.options.length > SEARCH_FROM) this.addSearch();
    this.show();
  }

  draw() {
    this.options = [...this.select.options];
    this.buttons = this.options.map((option) => this.button(option));
    this.names.replaceChildren(...this.buttons);
  }

  take(students) {
    const chosen = new Set(this.chosen().map((option) => option.value));
    this.select.replaceChildren(
      ...students.map((one) => {
        const option = make("option", {
          value: one.id, "data-name": one.name, "data-number": one.number, "data-class": one.class, "data-pinyin": one.pinyin,
        }, one.name);
        option.selected = chosen.has(String(one.id));
        return option;
      }),
    );
    this.draw();
    this.show();
  }

  button(option) {
    const made = make("button", { type: "button" }, option.dataset.name || option.textContent);
    const twins = this.options.filter((other) => other.dataset.name === option.dataset.name);
    if (twins.length > 1) made.append(make("small", {}, option.dataset.number));
    made.addEventListener("click", () => {
      if (this.one && !option.selected) for (const other of this.options) other.selected = false;
      option.selected = !option.selected;
      this.show();
      changed(this.select);
    });
    return made;
  }

  addSearch() {
    this.search = make("input", {
      type: "search", class: "picker-search", placeholder: "姓名、拼音首字母或学号", "aria-label": "查找学生",
      autocomplete: "off", enterkeyhint: "search",
    });
    this.search.addEventListener("input", (event) => {
      event.stopPropagation();
      this.show();
    });
    this.search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      const shown = this.buttons.filter((button) => !button.hidden);
      if (shown.length === 1) {
        shown[0].click();
        this.search.value = "";
        this.show();
      }
    });
    this.select.after(this.search);
  }

  classes() {
    const fields = [...this.form.querySelectorAll('input[name="classes"]')];
    return fields.length ? fields.filter((field) => field.checked).map((field) => field.value) : null;
  }

  inClass(option) {
    const classes = this.classes();
    return !classes || classes.includes(option.dataset.class);
  }

  fits(option) {
    const text = (this.search?.value || "").replace(/\s+/g, "").toLowerCase();
    if (!text) return true;
    const pinyin = (option.dataset.pinyin || "").split(" ");
    return (
      (option.dataset.name || "").includes(text) ||
      (option.dataset.number || "").startsWith(text) ||
      pinyin.some((word) => word.startsWith(text))
    );
  }

  show() {
    this.options.forEach((option, index) => {
      if (!this.inClass(option)) option.selected = false;
      this.buttons[index].setAttribute("aria-pressed", String(option.selected));
      this.buttons[index].hidden = !this.inClass(option) || !(this.fits(option) || option.selected);
    });
    const chosen = this.chosen();
    const names = chosen.slice(0, 6).map((option) => option.dataset.name);
    this.count.textContent = chosen.length ? `已选 ${chosen.length} 人：${names.join("、")}${chosen.length > 6 ? "…" : ""}` : "";
  }

  chosen() {
    return this.options.filter((option) => option.selected);
  }
}

// Lists to paste: the same reading of names as on the server

function matched(text, options) {
  const result = { found: [], unknown: [], ambiguous: [] };
  const named = (word) => options.filter((option) => (option.dataset.name || "").replace(/\s+/g, "") === word);
  const numbered = (word) => options.filter((option) => (option.dataset.number || "").toLowerCase() === word.toLowerCase());
  for (const part of text.split(/[\n\r\t,，、;；|/]+/)) {
    const whole = part.replace(/\s+/g, "");
    if (!whole) continue;
    const words = named(whole).length || numbered(whole).length ? [whole] : part.trim().split(/\s+/);
    for (const word of words) {
      const byName = named(word);
      const hits = byName.length ? byName : numbered(word);
      if (hits.length === 1) result.found.push(hits[0]);
      else (hits.length ? result.ambiguous : result.unknown).push(word);
    }
  }
  return result;
}

function enablePaste(box, picker) {
  const use = box.querySelector("[data-paste-use]");
  const field = box.querySelector("textarea");
  const answer = box.querySelector("[data-paste-answer]");
  use.hidden = false;
  use.addEventListener("click", () => {
    const result = matched(field.value, picker.options.filter((option) => picker.inClass(option)));
    for (const option of result.found) option.selected = true;
    field.value = [...result.unknown, ...result.ambiguous].join("、");
    const parts = [`已选中 ${new Set(result.found).size} 人`];
    if (result.unknown.length) parts.push(`没有找到：${result.unknown.join("、")}`);
    if (result.ambiguous.length) parts.push(`有重名，请改写学号：${result.ambiguous.join("、")}`);
    answer.textContent = `${parts.join("；")}。`;
    picker.show();
    changed(picker.select);
  });
}

// Photos

async function shrunk(file) {
  if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LARGEST_SIDE / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size <= SMALL_ENOUGH && /jpeg|png/.test(file.type)) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.trunc(picture.width * scale));
    canvas.height = Math.max(1, Math.trunc(picture.height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
    if (!blob || (blob.size >= file.size && scale === 1 && /jpeg|png/.test(file.type))) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

class Photos {
  constructor(input, list) {
    this.input = input;
    this.list = list;
    this.files = [];
    this.ready = Promise.resolve();
    input.addEventListener("change", () => {
      const fresh = [...input.files].filter((file) => !this.files.includes(file));
      this.ready = this.ready.then(() => this.add(fresh));
    });
  }

  async add(files) {
    const room = Number(this.input.dataset.most || files.length) - this.files.length;
    for (const file of files.slice(0, room)) this.files.push(await shrunk(file));
    this.show();
    if (files.length > room) this.list?.append(make("li", { role: "alert" }, `一次最多 ${this.input.dataset.most} 个，其余保存后再添加`));
    changed(this.input);
  }

  show() {
    const carried = new DataTransfer();
    for (const file of this.files) carried.items.add(file);
    this.input.files = carried.files;
    if (!this.list) return;
    for (const picture of this.list.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    this.list.replaceChildren(...this.files.map((file) => this.row(file)));
    this.list.hidden = !this.files.length;
  }

  row(file) {
    const row = make("li");
    if (file.type.startsWith("image/")) {
      row.append(make("img", { src: URL.createObjectURL(file), alt: file.name }));
    } else {
      row.append(make("span", {}, file.name));
    }
    const kilobytes = Math.max(1, Math.trunc(file.size / 1024));
    const drop = make("button", { type: "button", class: "btn btn-plain btn-sm", "aria-label": `去掉 ${file.name}` }, `去掉（${kilobytes} KB）`);
    drop.addEventListener("click", () => {
      this.files = this.files.filter((other) => other !== file);
      this.show();
      changed(this.input);
    });
    row.append(drop);
    return row;
  }
}

// The form

class RecordForm {
  constructor(form) {
    this.form = form;
    this.note = form.querySelector("[data-device-note]");
    this.saved = form.querySelector("[data-device-saved]");
    this.pickers = [...form.querySelectorAll("[data-picker]")].map((box) => new Picker(box, form));
    for (const box of form.querySelectorAll("[data-paste]")) {
      const picker = this.pickers.find((one) => one.select.name === box.dataset.paste);
      if (picker) enablePaste(box, picker);
    }
    const input = form.querySelector("input[data-shrink]");
    if (input) this.photos = new Photos(input, form.querySelector("[data-photos]"));
    this.enableTags();
    this.enableCounts();
    form.addEventListener("change", (event) => {
      if (event.target.name === "classes") for (const picker of this.pickers) picker.show();
      if (event.target.name === "happened_on") this.takeRosterOf(event.target.value);
    });
    if (outbox) this.enableDrafts();
  }

  field(name) {
    return this.form.elements.namedItem(name);
  }

  // Another day may have another roster; without a network the names stay as they are and the server checks them.
  async takeRosterOf(day) {
    const classes = new Set(this.pickers.flatMap((picker) => picker.options.map((option) => option.dataset.class)));
    if (!day || !classes.size) return;
    try {
      const answers = await Promise.all(
        [...classes].map(async (key) => {
          const answer = await fetch(`/duties/classes/${key}/students.json?on=${day}`, { credentials: "same-origin" });
          return (await answer.json()).students.map((one) => ({ ...one, class: key }));
        }),
      );
      for (const picker of this.pickers) picker.take(answers.flat());
    } catch {
      // The list of the page stays.
    }
  }

  enableTags() {
    const field = this.form.querySelector("[data-tags]");
    for (const button of this.form.querySelectorAll("[data-tag]")) {
      button.hidden = false;
      const words = () => field.value.split(/[\s,，、;；#＃]+/).filter(Boolean);
      const show = () => button.setAttribute("aria-pressed", String(words().includes(button.dataset.tag)));
      button.addEventListener("click", () => {
        const now = words();
        const tag = button.dataset.tag;
        field.value = (now.includes(tag) ? now.filter((word) => word !== tag) : [...now, tag]).join(" ");
        changed(field);
      });
      field.addEventListener("input", show);
      show();
    }
  }

  // Present is due less absent, until somebody counts otherwise.
  enableCounts() {
    const due = this.field("due");
    const present = this.field("present");
    if (!due || !present) return;
    let byHand = present.value !== "";
    const absent = this.pickers.find((picker) => picker.select.name === "absent");
    const count = () => {
      if (!byHand && due.value !== "") present.value = Math.max(0, Number(due.value) - (absent?.chosen().length || 0));
    };
    present.addEventListener("input", () => (byHand = true));
    due.addEventListener("input", count);
    absent?.select.addEventListener("input", count);
    count();
  }

  // Drafts on the device

  get id() {
    return this.field("client_id")?.value || `edit-${this.form.dataset.draftOf}`;
  }

  snapshot(state, how = "archive") {
    const fields = [...new FormData(this.form).entries()].filter(
      ([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "do"].includes(name),
    );
    const chosen = this.pickers.flatMap((picker) => (picker.select.name === "students" ? picker.chosen() : []));
    const names = chosen.slice(0, 3).map((option) => option.dataset.name).join("、");
    return {
      id: this.id,
      state,
      kind: this.form.dataset.kind,
      label: [this.form.dataset.kindName, names, this.field("title")?.value].filter(Boolean).join(" · "),
      day: this.field("happened_on")?.value,
      url: window.location.pathname + window.location.search,
      fields: [...fields, ["do", how]],
      files: (this.photos?.files || []).map((file) => ({ name: file.name, blob: file })),
    };
  }

  enableDrafts() {
    let pause = 0;
    this.form.addEventListener("input", () => {
      window.clearTimeout(pause);
      pause = window.setTimeout(() => this.keepDraft(), 500);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      window.clearTimeout(pause);
      this.submit(event.submitter?.value || "archive");
    });
    this.offerDraft();
  }

  async keepDraft() {
    if (this.busy) return;
    try {
      await outbox.keep(this.snapshot("draft"));
      this.saved.textContent = `草稿已存本机 ${new Date().toTimeString().slice(0, 5)}`;
    } catch {
      this.saved.textContent = "本机空间不足，草稿没有保存，请尽快提交";
    }
  }

  async offerDraft() {
    const wanted = new URLSearchParams(window.location.hash.slice(1)).get("d");
    const here = window.location.pathname + window.location.search;
    const items = await outbox.all().catch(() => []);
    const item = wanted
      ? items.find((one) => one.id === wanted)
      : items.find((one) => one.state === "draft" && one.url === here && one.id !== (this.field("client_id")?.value || ""));
    if (!item) return;
    if (wanted) {
      this.fill(item);
      if (item.problems) this.showProblems(item.problems);
      return;
    }
    const notice = make("div", { class: "notice draft-notice", role: "status" });
    const when = new Date(item.at).toLocaleString("zh-CN", { hour12: false });
    notice.append(make("span", {}, `本机有 ${when} 没写完的「${item.label}」。`));
    const use = make("button", { type: "button", class: "btn btn-primary btn-sm" }, "恢复草稿");
    const drop = make("button", { type: "button", class: "btn btn-plain btn-sm" }, "丢弃");
    use.addEventListener("click", () => {
      this.fill(item);
      notice.remove();
    });
    drop.addEventListener("click", async () => {
      await outbox.forget(item.id);
      notice.remove();
    });
    notice.append(use, drop);
    this.note.replaceChildren(notice);
  }

  fill(item) {
    const values = new Map();
    for (const [name, value] of item.fields) values.set(name, [...(values.get(name) || []), value]);
    for (const field of this.form.elements) {
      if (!field.name || field.type === "file" || ["csrfmiddlewaretoken", "do"].includes(field.name)) continue;
      const given = values.get(field.name) || [];
      if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value);
      else if (field.tagName === "SELECT" && field.multiple) for (const option of field.options) option.selected = given.includes(option.value);
      else if (given.length) field.value = given[0];
      else field.value = "";
    }
    if (this.photos) {
      this.photos.files = (item.files || []).map((file) => new File([file.blob], file.name, { type: file.blob.type }));
      this.photos.show();
    }
    for (const picker of this.pickers) picker.show();
  }

  // Sending

  async submit(how) {
    if (this.busy) return;
    this.setBusy(true);
    await this.photos?.ready;
    const item = this.snapshot("waiting", how);
    try {
      await outbox.keep(item);
    } catch {
      // No room on the device: the browser sends the form itself.
      this.form.append(make("input", { type: "hidden", name: "do", value: how }));
      this.form.submit();
      return;
    }
    const result = await outbox.send(item, this.field("csrfmiddlewaretoken").value);
    if (result.state === "sent") {
      await outbox.forget(item.id);
      window.location.assign(result.url);
      return;
    }
    this.setBusy(false);
    if (result.state === "refused") {
      await outbox.keep({ ...item, state: "draft" });
      this.showProblems(result.problems);
      return;
    }
    this.showWaiting(item, result.state);
  }

  setBusy(busy) {
    this.busy = busy;
    for (const button of this.form.querySelectorAll("button[type=submit]")) {
      button.disabled = busy;
      if (busy) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
    if (busy) this.saved.textContent = "正在保存…";
  }

  showProblems(problems) {
    this.saved.textContent = "";
    const notice = make("div", { class: "notice notice-error error-summary", role: "alert", tabindex: "-1" });
    const inner = make("div");
    inner.append(make("strong", {}, `请改正 ${problems.length} 处后再保存，内容都还在`));
    const list = make("ul");
    for (const problem of problems) {
      const line = make("li");
      const at = problem.field && this.form.querySelector(`#div_id_${CSS.escape(problem.field)}`);
      if (at) {
        line.append(make("a", { href: `#${at.id}` }, problem.label), `：${problem.text}`);
        at.classList.add("has-error");
        const fold = at.closest("details");
        if (fold) fold.open = true;
      } else line.textContent = problem.label ? `${problem.label}：${problem.text}` : problem.text;
      list.append(line);
    }
    inner.append(list);
    notice.append(inner);
    this.note.replaceChildren(notice);
    notice.focus();
    notice.scrollIntoView({ block: "center" });
  }

  showWaiting(item, state) {
    this.saved.textContent = "";
    const notice = make("div", { class: "notice notice-warning", role: "status", tabindex: "-1", "data-waiting": item.id });
    const inner = make("div");
    const out = state === "signed-out";
    inner.append(make("strong", {}, out ? "登录已过期" : "网络不通"));
    inner.append(
      make("span", {}, out ? `「${item.label}」已存在本机。重新登录后自动发送，只会登记一次。` : `「${item.label}」已存在本机。有网络后自动发送，只会登记一次。`),
    );
    const again = make("button", { type: "button", class: "btn btn-primary btn-sm" }, "再记一条");
    again.addEventListener("click", () => this.startAnother(notice));
    if (out) inner.append(make("a", { class: "btn btn-primary btn-sm", href: outbox.signIn() }, "重新登录"));
    if (this.field("client_id")?.value) inner.append(again);
    notice.append(inner);
    this.note.replaceChildren(notice);
    this.lock(true);
    notice.focus();
    notice.scrollIntoView({ block: "center" });
    // Sent by the outbox as soon as there is a network, which says so above; the form is free for the next one.
    const anew = Boolean(this.field("client_id")?.value);
    const free = () => (anew ? this.startAnother(notice) : notice.remove());
    window.addEventListener("online", () => notice.isConnected && free(), { once: true });
  }

  // What waits is not changed behind its own back: the form is put aside until the next one is begun.
  lock(closed) {
    for (const part of this.form.querySelectorAll(".field, .fold, .sticky-actions, .field-row, .photo-list")) part.inert = closed;
    this.form.classList.toggle("is-waiting", closed);
  }

  startAnother(notice) {
    notice.remove();
    this.lock(false);
    const keptDay = this.field("happened_on").value;
    this.form.reset();
    this.field("happened_on").value = keptDay;
    this.field("client_id").value = number();
    if (this.photos) {
      this.photos.files = [];
      this.photos.show();
    }
    for (const picker of this.pickers) {
      for (const option of picker.options) option.selected = false;
      picker.show();
    }
    for (const field of this.form.querySelectorAll("textarea")) field.value = "";
    window.scrollTo({ top: 0 });
  }
}

function number() {
  if (window.crypto?.randomUUID) return window.crypto.randomUUID();
  return [...window.crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The list of what waits on this device

const WORDS = { draft: "草稿", waiting: "待发送", refused: "没有被接受" };

class DeviceList {
  constructor(box) {
    this.box = box;
    this.list = box.querySelector("[data-device-list]");
    this.hint = box.querySelector("[data-device-hint]");
    this.all = box.querySelector("[data-send-all]");
    this.all.addEventListener("click", () => this.sendAll());
    outbox.onChange(() => this.show());
    window.addEventListener("online", () => this.show());
    window.addEventListener("offline", () => this.show());
    this.show();
  }

  async show() {
    const items = await outbox.all().catch(() => []);
    this.box.hidden = !items.length;
    this.list.replaceChildren(...items.map((item) => this.row(item)));
    const waiting = items.some((item) => item.state === "waiting");
    this.all.hidden = !waiting;
    this.hint.textContent = waiting && !navigator.onLine ? "现在没有网络，联网后自动发送。" : "";
  }

  row(item) {
    const row = make("li", { "data-item": item.id });
    const when = new Date(item.at).toLocaleString("zh-CN", { hour12: false, month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    row.append(make("span", { class: `badge-state tone-${item.state === "refused" ? "danger" : item.state === "waiting" ? "warning" : "neutral"}` }, WORDS[item.state]));
    const files = item.files?.length ? `，附件 ${item.files.length} 个` : "";
    row.append(make("span", { class: "device-what" }, `${item.label}（${item.day}，${when} 写${files}）`));
    if (item.state === "waiting") {
      const retry = make("button", { type: "button", class: "btn btn-primary btn-sm" }, "重试");
      retry.addEventListener("click", () => this.sendAll());
      row.append(retry);
    } else {
      row.append(make("a", { class: "btn btn-primary btn-sm", href: `${item.url}#d=${encodeURIComponent(item.id)}` }, item.state === "draft" ? "接着写" : "打开核对"));
    }
    const drop = make("button", { type: "button", class: "btn btn-plain btn-sm" }, "丢弃");
    drop.addEventListener("click", () => {
      if (item.state === "draft" || window.confirm("这条记录还没有发送，丢弃后无法找回。确定丢弃吗？")) outbox.forget(item.id);
    });
    row.append(drop);
    return row;
  }

  async sendAll() {
    this.all.disabled = true;
    await outbox.flushAndSay();
    this.all.disabled = false;
    if (!navigator.onLine) this.hint.textContent = "现在没有网络，联网后自动发送。";
    this.show();
  }
}

for (const form of document.querySelectorAll("form[data-record-form]")) new RecordForm(form);
const device = document.querySelector("[data-device]");
if (device && outbox) new DeviceList(device);
// A correction or an added photo has a plain form of its own.
for (const input of document.querySelectorAll("form:not([data-record-form]) input[data-shrink]")) {
  input.addEventListener("change", async () => {
    const carried = new DataTransfer();
    for (const file of await Promise.all([...input.files].map(shrunk))) carried.items.add(file);
    input.files = carried.files;
  });
}
