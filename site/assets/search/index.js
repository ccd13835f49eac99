// Reads the index that tools/huiyin/publish/search writes: which documents hold all words, exactly or nearly, and their
// texts. Knows nothing of the page. The form of the files is described in docs/search.md.
import { fold } from "./fold.js";

const VERSION = 2;
const MAGIC = 0x31425948; // "HYB1"
const FACETS = ["unit", "topic", "channel", "year"];
const HEADER = 9;
const [BITMAP, TITLED, TITLE_BITMAP] = [1, 2, 4];
// Files of pairs that one query may ask for, of 11 to 16 kilobytes each: of long or many words, or in an old archive, pairs
// are left out, and what is shown is checked against its text.
const MAX_FILES = 24;
// Bytes of one query within which texts are looked at without being asked to, and of the largest file of texts.
const ALLOWED = 450_000;
const TEXTS = 16_384;

// The index was published anew while somebody was reading.
export class Outdated extends Error {}

export class Index {
  constructor(base, manifest) {
    this.base = base;
    this.segments = manifest.segments;
    this.labels = manifest.labels;
    this.documents = manifest.segments.reduce((sum, segment) => sum + segment.documents, 0);
    this.files = new Map();
    this.loaded = 0;
  }

  // base: the address of the folder of the index, with a slash at its end. anew: the manifest that the browser has names
  // files that are gone; a host that tells time in seconds would call it fresh still.
  static async open(base, anew) {
    const manifest = await load(new URL("manifest.json", base), anew ? "reload" : "no-cache").then((response) => response.json());
    if (manifest.version !== VERSION) throw new Outdated("version");
    return new Index(base, manifest);
  }

  // The values of a facet that occur anywhere.
  values(facet) {
    return [...new Set(this.segments.flatMap((segment) => segment.facets[facet]))];
  }

  // words: folded, of two characters or more. filters: {unit: "lanzhou", …}. order: "relevance" or "date".
  async find(words, filters, order) {
    const before = this.loaded;
    const wanted = Object.entries(filters);
    const asked = [];
    this.segments.forEach((segment, number) => {
      const files = wanted.map(([facet, value]) => facetFile(segment, facet, value));
      if (!files.includes(-1)) asked.push({ segment, number, files });
    });
    const pairs = choosePairs(words, Math.max(1, Math.floor(MAX_FILES / Math.max(1, asked.length))));
    const found = await Promise.all(asked.map(({ segment, number, files }) => this.#findIn(segment, number, pairs, files)));
    return new Hits(this, words, arrange(found.reverse(), order), pairs.exact, before);
  }

  async #findIn(segment, number, pairs, files) {
    const filters = files.map((file) => this.#entries(segment, file).then((view) => readFirst(view, segment.documents)));
    const entries = pairs.map(async ([first, second]) => {
      const view = await this.#entries(segment, shardOf(first, second, segment.shards));
      return readEntry(view, first, second, segment.documents);
    });
    let all = null;
    let titles = null;
    for (const { documents } of await Promise.all(filters)) {
      all = and(all, documents);
      titles = and(titles, documents);
    }
    for (const entry of await Promise.all(entries)) {
      all = and(all, entry.documents);
      titles = and(titles, entry.titles);
    }
    return { number, all, titles };
  }

  async #entries(segment, file) {
    const data = await this.#file(`${segment.name}/${file}.bigrams`, (data) => data);
    const view = new DataView(data);
    if (view.byteLength < 4 || view.getUint32(0, true) !== MAGIC) throw new Outdated("not an index");
    return view;
  }

  async text(number, position) {
    const segment = this.segments[number];
    const chunk = Math.floor(position / segment.chunk);
    const parse = (data) => JSON.parse(new TextDecoder().decode(data));
    const documents = await this.#file(`${segment.name}/${chunk}.json`, parse);
    return documents[position % segment.chunk];
  }

  // Each file is asked for once; one that failed may be asked for again.
  #file(name, read) {
    if (!this.files.has(name)) {
      const loading = load(new URL(name, this.base), "default")
        .then((response) => response.arrayBuffer())
        .then((data) => {
          this.loaded += data.byteLength;
          return read(data);
        });
      loading.catch(() => this.files.delete(name));
      this.files.set(name, loading);
    }
    return this.files.get(name);
  }
}

// What was found, best first. exact: every document does hold every word; else only those that were checked. before: bytes
// that the index had loaded before this query.
export class Hits {
  constructor(index, words, places, exact, before) {
    this.index = index;
    this.before = before;
    this.words = words;
    this.places = places;
    this.exact = exact;
    this.next = 0;
    this.refuted = 0;
  }

  // How many there are, once that is certain.
  get count() {
    return this.places.length - this.refuted;
  }

  get unchecked() {
    return this.places.length - this.next;
  }

  get certain() {
    return this.exact || this.next === this.places.length;
  }

  get done() {
    return this.next === this.places.length;
  }

  // Up to `wanted` further documents that hold every word; looks at `most`, and at more where that costs little.
  async more(wanted, most) {
    const found = [];
    const end = Math.min(this.places.length, this.next + most);
    while (found.length < wanted && !this.done) {
      const cheap = Math.floor((ALLOWED - this.index.loaded + this.before) / TEXTS);
      const size = Math.min(wanted - found.length, Math.max(end - this.next, cheap));
      if (size < 1) break;
      const batch = this.places.slice(this.next, this.next + size);
      const texts = await Promise.all(batch.map(([number, position]) => this.index.text(number, position)));
      this.next += batch.length;
      for (const document of texts) {
        if (this.exact || holds(document, this.words)) found.push(document);
        else this.refuted += 1;
      }
    }
    return found;
  }
}

// Every text of a document in which words are found, as Document.searched in document.py.
export function textsOf(document) {
  return [document.t, ...document.x.map(([, text]) => text), document.u[1], ...document.k, document.i];
}

function holds(document, words) {
  const texts = textsOf(document).map(fold);
  return words.every((word) => texts.some((text) => text.includes(word)));
}

// The pairs to ask for, the first of each word first: every second one, which cover its characters, then those between.
function choosePairs(words, most) {
  const ranked = [];
  for (const word of words) {
    const points = Array.from(word, (character) => character.codePointAt(0));
    points.slice(1).forEach((second, i) => {
      const covers = i % 2 === 0 || i === points.length - 2;
      ranked.push({ rank: covers ? i : points.length + i, pair: [points[i], second] });
    });
  }
  ranked.sort((a, b) => a.rank - b.rank);
  const every = [...new Map(ranked.map(({ pair }) => [pair.join(), pair])).values()];
  const pairs = every.slice(0, most);
  // Pairs of a longer word may stand apart from each other, so only words of two characters are certain.
  pairs.exact = every.length <= most && words.every((word) => Array.from(word).length === 2);
  return pairs;
}

function shardOf(first, second, shards) {
  let mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % shards;
}

// Which file has the documents with a value: behind those of pairs, one for each value. -1: the segment has no such document.
function facetFile(segment, facet, value) {
  const at = segment.facets[facet].indexOf(value);
  const before = FACETS.slice(0, FACETS.indexOf(facet)).reduce((sum, other) => sum + segment.facets[other].length, 0);
  return at < 0 ? -1 : segment.shards + before + at;
}

// The one entry of a filter's file.
function readFirst(view, documents) {
  return readPostings(view, 4 + HEADER, lengthAt(view, 4), documents);
}

function lengthAt(view, at) {
  return view.getUint16(at + 6, true) + view.getUint8(at + 8) * 0x10000;
}

function readEntry(view, first, second, documents) {
  // A term is first·2²¹ + second, in six bytes.
  const wanted = first * 0x200000 + second;
  for (let at = 4; at < view.byteLength; ) {
    const term = view.getUint32(at, true) + view.getUint16(at + 4, true) * 0x100000000;
    const length = lengthAt(view, at);
    if (term === wanted) return readPostings(view, at + HEADER, length, documents);
    at += HEADER + length;
  }
  return { documents: new Uint8Array(0), titles: new Uint8Array(0) };
}

function readPostings(view, start, length, documents) {
  const flags = view.getUint8(start);
  let at = start + 1;
  let titles = new Uint8Array(0);
  if (flags & TITLED) {
    const size = view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
    titles = readBits(view, at + 3, size, flags & TITLE_BITMAP, documents);
    at += 3 + size;
  }
  return { documents: readBits(view, at, start + length - at, flags & BITMAP, documents), titles };
}

// A posting as a bitmap, in whichever form it stands.
function readBits(view, start, size, isBitmap, documents) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, size);
  if (isBitmap) return bytes;
  const bits = new Uint8Array(Math.ceil(documents / 8));
  let number = 0;
  let gap = 0;
  let shift = 0;
  for (const byte of bytes) {
    gap |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte & 0x80) continue;
    number += gap;
    bits[number >> 3] |= 1 << (number & 7);
    gap = 0;
    shift = 0;
  }
  return bits;
}

function and(one, other) {
  if (one === null) return other;
  return one.slice(0, other.length).map((byte, i) => byte & other[i]);
}

// [segment, position] of each document, newest first; by relevance those that have every word in the title come first.
function arrange(found, order) {
  const titled = [];
  const others = [];
  for (const { number, all, titles } of found) {
    for (let i = all.length - 1; i >= 0; i -= 1) {
      for (let bit = 7; all[i] && bit >= 0; bit -= 1) {
        if (!((all[i] >> bit) & 1)) continue;
        const first = order === "relevance" && (titles[i] >> bit) & 1;
        (first ? titled : others).push([number, 8 * i + bit]);
      }
    }
  }
  return titled.concat(others);
}

async function load(address, cache) {
  const response = await fetch(address, { cache, credentials: "same-origin" });
  if (response.status === 404) throw new Outdated(address.pathname);
  if (!response.ok) throw new Error(`${response.status}`);
  return response;
}
