// One spelling for what reads alike, character by character: the same as tools/huiyin/publish/search/folding.py.
const DROPPED =
  /[\u0000-\u0020\u007f-\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufe00-\ufe0f\ufeff]/g;
const ALIKE = new Map(
  [["“”„‟〝〞", '"'], ["‘’‚‛", "'"], ["‐‑‒–—―−", "-"], ["〔【〖〘", "["], ["〕】〗〙", "]"]].flatMap(([from, to]) =>
    Array.from(from, (character) => [character, to]),
  ),
);
const known = new Map();

function alike(text) {
  return Array.from(text, (character) => ALIKE.get(character) ?? character).join("");
}

export function foldCharacter(character) {
  let folded = known.get(character);
  if (folded === undefined) {
    folded = alike(alike(character).normalize("NFKC").toLowerCase()).replace(DROPPED, "");
    known.set(character, folded);
  }
  return folded;
}

export function fold(text) {
  let folded = "";
  for (const character of text) folded += foldCharacter(character);
  return folded;
}

// The words of a query: parted by white space, folded, each once.
export function wordsOf(query) {
  return [...new Set(query.split(/\s+/u).map(fold).filter(Boolean))];
}

// Where words stand in a text: [start, end] in the text as it is, in order, what overlaps joined.
export function findWords(text, words) {
  let folded = "";
  const begins = [];
  const ends = [];
  let position = 0;
  for (const character of text) {
    const part = foldCharacter(character);
    for (let i = 0; i < part.length; i += 1) {
      begins.push(position);
      ends.push(position + character.length);
    }
    folded += part;
    position += character.length;
  }
  const found = [];
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
      found.push([begins[at], ends[at + word.length - 1]]);
    }
  }
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const joined = [];
  for (const [begin, end] of found) {
    const last = joined.at(-1);
    if (last && begin <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([begin, end]);
  }
  return joined;
}
