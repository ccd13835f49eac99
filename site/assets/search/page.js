// The search page: reads the query from the address, asks the index, shows what it found. Every text of the record is set
// as text, never as HTML.
import { findWords, wordsOf } from "./fold.js";
import { Index, Outdated } from "./index.js";

const ROOT = new URL("../../", import.meta.url);
const INDEX = new URL("search/data/", ROOT);
const SHOWN = 10;
const LOOKED_AT = 10; // documents whose texts are fetched with a query, and by hand; bounds what either costs
const CONTINUED = 30;
const BEFORE = 24; // characters of an excerpt before the first word found, and in all
const EXCERPT = 96;
const FACETS = ["unit", "topic", "channel", "year"];

const form = document.getElementById("hy-query");
const box = form.elements.namedItem("q");
const status = document.getElementById("hy-status");
const list = document.getElementById("hy-hits");
const more = document.getElementById("hy-more");
const retry = document.getElementById("hy-retry");
const siteName = document.title;
let opened = null;
let turn = 0;
let hits = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  go();
});
for (const select of form.querySelectorAll("select")) select.addEventListener("change", go);
addEventListener("popstate", show);
more.addEventListener("click", () => extend(true));
retry.addEventListener("click", show);
document.addEventListener("keydown", move);
show();

// A new query: its address can be passed on, and the browser's way back leads to the one before.
function go() {
  const query = new URLSearchParams();
  for (const name of ["q", ...FACETS, "sort"]) {
    const value = form.elements.namedItem(name).value.trim();
    if (value) query.set(name, value);
  }
  const address = query.size ? `?${query}` : location.pathname;
  if (address !== (location.search || location.pathname)) history.pushState(null, "", address);
  show();
}

async function show() {
  const mine = (turn += 1);
  const asked = new URLSearchParams(location.search);
  hits = null;
  list.replaceChildren();
  more.hidden = retry.hidden = true;
  box.value = asked.get("q") ?? "";
  document.title = box.value ? `“${box.value}”的搜索结果 - ${siteName}` : siteName;
  try {
    tell("正在读取索引…");
    opened ??= Index.open(INDEX, fail.tried);
    const index = await opened;
    if (mine !== turn) return;
    const { words, short, filters, order } = read(asked, index);
    if (!words.length && (short.length || !Object.keys(filters).length)) {
      tell(short.length ? "请输入两个字以上的词语。" : `可以搜索${index.documents}件已经公开答复的留言。`);
      return;
    }
    tell("正在查找…");
    const found = await index.find(words, filters, order);
    if (mine !== turn) return;
    hits = found;
    hits.short = short;
    await extend(false);
  } catch (error) {
    if (mine === turn) fail(error, mine);
  }
}

async function extend(byHand) {
  const mine = turn;
  const wanted = hits;
  more.disabled = true;
  try {
    const found = await wanted.more(SHOWN, byHand ? CONTINUED : LOOKED_AT);
    if (mine !== turn) return;
    const first = list.children.length;
    list.append(...found.map((document) => item(document, wanted.words)));
    more.hidden = wanted.done;
    more.textContent = wanted.certain ? "再显示10件" : "继续查找";
    tell(summary(wanted));
    fail.tried = false;
    if (byHand) list.children[first]?.querySelector("a").focus();
  } catch (error) {
    if (mine === turn) fail(error, mine);
  } finally {
    more.disabled = false;
  }
}

// The index may have been published anew since it was opened: then once more, from the start.
function fail(error, mine) {
  const again = error instanceof Outdated && opened !== null && !fail.tried;
  opened = null;
  if (again) {
    fail.tried = true;
    show();
    return;
  }
  turn = mine;
  fail.tried = false;
  retry.hidden = false;
  more.hidden = true;
  tell("没有取到索引，可能是网络中断。请重试，或者按单位、月份、主题查看。");
}

function read(asked, index) {
  fill(index);
  const every = wordsOf(box.value);
  const filters = {};
  for (const facet of FACETS) {
    const value = asked.get(facet) ?? "";
    const select = form.elements.namedItem(facet);
    // A value that nobody has, from an old address: it stays in force, and finds nothing.
    if (value && !Array.from(select.options).some((option) => option.value === value)) select.add(new Option(value, value));
    select.value = value;
    if (value) filters[facet] = value;
  }
  const order = asked.get("sort") === "date" ? "date" : "relevance";
  form.elements.namedItem("sort").value = order === "date" ? "date" : "";
  const isLong = (word) => Array.from(word).length > 1;
  return { words: every.filter(isLong), short: every.filter((word) => !isLong(word)), filters, order };
}

function fill(index) {
  const collator = new Intl.Collator("zh-CN");
  for (const facet of FACETS) {
    const select = form.elements.namedItem(facet);
    const names = index.labels[facet] ?? {};
    const options = index.values(facet).map((value) => [value, names[value] ?? (facet === "year" ? `${value}年` : value)]);
    options.sort((a, b) => (facet === "year" ? b[0].localeCompare(a[0]) : collator.compare(a[1], b[1])));
    select.replaceChildren(select.options[0], ...options.map(([value, name]) => new Option(name, value)));
  }
}

function summary(found) {
  const ignored = found.short.length ? `“${found.short.join("”“")}”只有一个字，没有用来查找。` : "";
  const shown = list.children.length;
  if (found.certain && !found.count) return `没有找到。可以减少词语或筛选条件，或者换一种说法。${ignored}`;
  if (found.certain) return `找到${found.count}件${shown < found.count ? `，显示前${shown}件` : ""}。${ignored}`;
  return `已找到${shown}件，另有${found.unchecked}件可能符合，还没有核对。${ignored}`;
}

function item(found, words) {
  const entry = element("li");
  const link = element("a", "hy-cases__title");
  link.href = new URL(encodeURI(found.a), ROOT);
  mark(link, found.t, words);
  const about = element("p", "hy-cases__meta");
  const [year, month, day] = found.d.split("-").map(Number);
  const time = element("time");
  time.dateTime = found.d;
  time.textContent = `${year}年${month}月${day}日公开`;
  const topics = found.k.length ? [textual(found.k.join("、"), words)] : [];
  about.append(textual(found.u[1], words), textual(found.c[1], []), time, ...topics);
  entry.append(link, about, ...excerpts(found, words));
  return entry;
}

// The parts in which words stand, at most two; where they stand in the title alone, how the last part begins.
function excerpts(found, words) {
  const cut = found.x.map(([name, text]) => ({ name, text, at: findWords(text, words)[0]?.[0] ?? -1 }));
  const chosen = cut.filter((part) => part.at >= 0).slice(0, 2);
  return (chosen.length ? chosen : cut.slice(-1)).map(({ name, text, at }) => {
    const line = element("p", "hy-hit");
    const label = element("span", "hy-hit__part");
    label.textContent = name;
    const begin = whole(text, at > BEFORE ? at - BEFORE : 0);
    const end = whole(text, Math.min(text.length, begin + EXCERPT));
    line.append(label, begin ? "…" : "");
    mark(line, text.slice(begin, end).replace(/\s+/gu, " "), words);
    line.append(end < text.length ? "…" : "");
    return line;
  });
}

// Never between the two halves of a character beyond the first 65,536.
function whole(text, position) {
  return position > 0 && /[\udc00-\udfff]/.test(text[position] ?? "") ? position - 1 : position;
}

function mark(parent, text, words) {
  let position = 0;
  for (const [begin, end] of findWords(text, words)) {
    const marked = element("mark");
    marked.textContent = text.slice(begin, end);
    parent.append(text.slice(position, begin), marked);
    position = end;
  }
  parent.append(text.slice(position));
}

function textual(text, words) {
  const part = element("span");
  mark(part, text, words);
  return part;
}

function element(name, className = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}

function tell(words) {
  status.textContent = words;
}

// ↓ from the box to the first result, ↓ and ↑ from one to the next, ↑ from the first back to the box.
function move(event) {
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  const links = Array.from(list.querySelectorAll("li > a"));
  const here = links.indexOf(document.activeElement);
  if (here < 0 && (document.activeElement !== box || event.key === "ArrowUp")) return;
  const target = event.key === "ArrowDown" ? links[here + 1] : (links[here - 1] ?? box);
  if (target) {
    event.preventDefault();
    target.focus();
  }
}
