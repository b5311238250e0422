// DEFLATE (RFC 1951) undone, at once: the browser's own DecompressionStream would let the page be seen half unpacked.
const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = Array.from({ length: 30 }, (_, k) => (k < 4 ? k + 1 : ((2 + (k & 1)) << ((k >> 1) - 1)) + 1));
const DISTANCE_BITS = Array.from({ length: 30 }, (_, k) => Math.max(0, (k >> 1) - 1));
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

// A prefix code: how many words of each length, and the symbols in order.
type Code = { counts: Uint16Array; symbols: Uint16Array };

const codeOf = (lengths: number[]): Code => {
  const counts = new Uint16Array(16);
  lengths.forEach((length) => counts[length]!++);
  counts[0] = 0;
  const starts = new Uint16Array(17);
  for (let k = 1; k < 16; k++) starts[k + 1] = starts[k]! + counts[k]!;
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => length && (symbols[starts[length]!++] = symbol));
  return { counts, symbols };
};

const FIXED = codeOf(Array.from({ length: 288 }, (_, k) => (k < 144 ? 8 : k < 256 ? 9 : k < 280 ? 7 : 8)));
const FIXED_DISTANCES = codeOf(new Array<number>(30).fill(5));

export const inflate = (source: Uint8Array, size: number): Uint8Array => {
  const out = new Uint8Array(size);
  let [at, end, held, count] = [0, 0, 0, 0];

  const bits = (wanted: number): number => {
    for (; count < wanted; count += 8) held |= source[at++]! << count;
    const value = held & ((1 << wanted) - 1);
    held >>>= wanted;
    count -= wanted;
    return value;
  };
  const symbol = ({ counts, symbols }: Code): number => {
    let [word, first, index] = [0, 0, 0];
    for (let length = 1; length < 16; length++) {
      word |= bits(1);
      const many = counts[length]!;
      if (word - many < first) return symbols[index + word - first]!;
      index += many;
      first = (first + many) << 1;
      word <<= 1;
    }
    throw new Error("broken data");
  };
  const codes = (): [Code, Code] => {
    const [many, far, few] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    const own = new Array<number>(19).fill(0);
    for (let k = 0; k < few; k++) own[ORDER[k]!] = bits(3);
    const code = codeOf(own);
    const lengths: number[] = [];
    while (lengths.length < many + far) {
      const next = symbol(code);
      if (next < 16) lengths.push(next);
      else {
        const [value, times] = next === 16 ? [lengths.at(-1)!, 3 + bits(2)] : [0, next === 17 ? 3 + bits(3) : 11 + bits(7)];
        for (let k = 0; k < times; k++) lengths.push(value);
      }
    }
    return [codeOf(lengths.slice(0, many)), codeOf(lengths.slice(many))];
  };
  const block = ([literals, distances]: [Code, Code]): void => {
    for (let next = symbol(literals); next !== 256; next = symbol(literals)) {
      if (next < 256) out[end++] = next;
      else {
        const length = LENGTHS[next - 257]! + bits(LENGTH_BITS[next - 257]!);
        const far = symbol(distances);
        const distance = DISTANCES[far]! + bits(DISTANCE_BITS[far]!);
        for (let k = 0; k < length; k++, end++) out[end] = out[end - distance]!;
      }
    }
  };
  const stored = (): void => {
    [held, count] = [0, 0];
    const length = source[at]! | (source[at + 1]! << 8);
    out.set(source.subarray(at + 4, at + 4 + length), end);
    [at, end] = [at + 4 + length, end + length];
  };

  for (let last = 0; !last; ) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) stored();
    else block(kind === 1 ? [FIXED, FIXED_DISTANCES] : codes());
  }
  return out;
};
