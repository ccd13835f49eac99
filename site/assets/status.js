// “我的留言办到哪一步了”: number and code → slow hash → name and key of one small file, which only they can find and open.
// The same as tools/huiyin/rules/lookup.py and publish/status/sealing.py; nothing that was typed leaves this page.
(() => {
  "use strict";
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base32
  const LENGTH = 16;
  const TAG = 32; // bytes
  const NOT_FOUND = "没有查到。请核对留言编号和查询码；刚登记的留言要到网站下次更新以后才能查到。";
  const text = new TextEncoder();
  const form = document.getElementById("hy-ask");
  if (!form) return;
  const number = document.getElementById("hy-ask-number");
  const code = document.getElementById("hy-ask-code");
  const error = document.getElementById("hy-ask-error");
  const answer = document.getElementById("hy-answer");
  const button = form.querySelector("button");
  const root = new URL(form.dataset.root, location.href);

  // One wrong character, and any two that changed places, are noticed: a polynomial over the field of 32 elements.
  function readCode(typed) {
    const folded = typed.normalize("NFKC").toUpperCase().replace(/I|L/g, "1").replaceAll("O", "0");
    const plain = folded.replace(/[\s\-‐-―−]+/g, "");
    let rest = 0;
    for (const character of plain) {
      const element = ALPHABET.indexOf(character);
      if (element < 0) return null;
      rest = (rest < 16 ? rest << 1 : (rest << 1) ^ 0b100101) ^ element;
    }
    return plain.length === LENGTH && rest === 0 ? plain : null;
  }

  function readNumber(typed) {
    return typed.normalize("NFKC").replace(/\s+/g, "").toLowerCase().replace(/^(?:(?:people|portal|service)-)+/, "");
  }

  async function hash(number, code) {
    const password = await crypto.subtle.importKey("raw", text.encode(code), "PBKDF2", false, ["deriveBits"]);
    const salt = text.encode(`huiyin-lookup-1\n${form.dataset.salt}\n${number}`);
    const iterations = Number(form.dataset.iterations);
    const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, password, 256);
    return crypto.subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  }

  async function mac(key, ...parts) {
    const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      data.set(part, at);
      at += part.length;
    }
    return new Uint8Array(await crypto.subtle.sign("HMAC", key, data));
  }

  function letters(bytes) {
    return Array.from(bytes, (byte) => String.fromCharCode(97 + (byte >> 4), 97 + (byte & 15))).join("");
  }

  function fromLetters(written) {
    if (!/^(?:[a-p]{2})+$/.test(written)) return null;
    return Uint8Array.from(written.match(/../g), (pair) => ((pair.charCodeAt(0) - 97) << 4) | (pair.charCodeAt(1) - 97));
  }

  async function open(key, sealed) {
    const tag = sealed.slice(0, TAG);
    const plain = sealed.slice(TAG);
    for (let n = 0; n * TAG < plain.length; n += 1) {
      const stream = await mac(key, text.encode("stream"), tag, Uint8Array.of(n));
      for (let i = 0; i < TAG && n * TAG + i < plain.length; i += 1) plain[n * TAG + i] ^= stream[i];
    }
    const expected = await mac(key, text.encode("tag"), plain);
    return expected.every((byte, i) => byte === tag[i]) ? JSON.parse(new TextDecoder().decode(plain)) : null;
  }

  // What stands there, or null: whether the number is unknown or the code is wrong, nobody can tell.
  async function look(typedNumber, typedCode) {
    const key = await hash(typedNumber, typedCode);
    const name = letters((await mac(key, text.encode("name"))).slice(0, 16));
    const url = new URL(`status/${name.slice(0, 2)}/${name.slice(2)}.txt`, root);
    const reply = await fetch(url, { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer", redirect: "error" });
    if (reply.status === 404 || reply.status === 410) return null;
    if (!reply.ok) throw new Error("status");
    const sealed = fromLetters((await reply.text()).trim());
    return sealed === null ? null : open(key, sealed);
  }

  function day(iso) {
    const [year, month, date] = iso.split("-").map(Number);
    return `${year}年${month}月${date}日`;
  }

  function tell(...parts) {
    answer.replaceChildren(...parts);
  }

  function paragraph(words, name = "") {
    const made = document.createElement("p");
    made.textContent = words;
    made.className = name;
    return made;
  }

  function list(rows) {
    const made = document.createElement("dl");
    for (const [name, value] of rows) {
      const row = document.createElement("div");
      const term = document.createElement("dt");
      const told = document.createElement("dd");
      term.textContent = name;
      told.textContent = value;
      row.append(term, told);
      made.append(row);
    }
    return made;
  }

  function show(found) {
    const rows = [];
    if (found.unit) rows.push(["承办单位", found.unit]);
    else if (!found.note) rows.push(["承办单位", "还没有交办"]);
    if (found.due) rows.push(["办理期限", day(found.due) + (found.provisional ? "（暂定，待放假安排公布后确定）" : "")]);
    const parts = [paragraph(found.note ? `${found.state}（${found.note}）` : found.state, "hy-answer__state"), list(rows)];
    if (found.page) {
      const link = document.createElement("a");
      link.href = new URL(found.page, root);
      link.textContent = "查看公开的答复";
      const line = document.createElement("p");
      line.append(link);
      parts.push(line);
    }
    tell(...parts);
  }

  function refuse(field, words) {
    error.textContent = words;
    for (const one of [number, code]) {
      one.toggleAttribute("aria-invalid", false);
      if (one === field) one.setAttribute("aria-invalid", "true");
    }
    if (field) field.focus();
  }

  async function submit() {
    refuse(null, "");
    tell();
    const typedNumber = readNumber(number.value);
    const typedCode = readCode(code.value);
    if (!typedNumber) return refuse(number, "请填写留言编号。");
    if (!typedCode) return refuse(code, code.value.trim() ? "查询码写得不对：应为16位字母和数字，请逐位核对。" : "请填写查询码。");
    button.disabled = true;
    tell(paragraph("正在查询，需要几秒钟…"));
    try {
      const found = await look(typedNumber, typedCode);
      if (found === null) tell(paragraph(NOT_FOUND));
      else show(found);
    } catch {
      tell(paragraph("现在查不了，可能是网络不通。请稍后再试。"));
    } finally {
      button.disabled = false;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!button.disabled) submit();
  });
  // A page brought back from the browser's memory shows nobody else what was asked.
  addEventListener("pagehide", () => {
    form.reset();
    tell();
  });
  if (globalThis.crypto?.subtle) form.hidden = false;
  else tell(paragraph("这个浏览器不能查询：请用较新的浏览器，并用 https 开头的网址打开本站。"));
})();
