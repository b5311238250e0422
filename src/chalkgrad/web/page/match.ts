// How well a name goes with the words that are looked for: all of them must be in it. Accents and capitals do not count.
const plain = (text: string): string => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

export const words = (text: string): string[] => plain(text).split(/\s+/).filter(Boolean);

export const score = (name: string, text: string, wanted: string[]): number => {
  const [here, more] = [plain(name), plain(text)];
  if (!wanted.every((word) => here.includes(word) || more.includes(word))) return 0;
  const whole = wanted.join(" ");
  if (here === whole) return 5;
  if (here.startsWith(whole)) return 4;
  return wanted.every((word) => here.includes(word)) ? 3 : 1;
};
