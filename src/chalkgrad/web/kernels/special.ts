// Special functions of one real entry.

const ROOT_PI = Math.sqrt(Math.PI);

// ----- error functions: a series near zero, a continued fraction far from it -----

// erf x = 2/√π · e^{-x²} · Σ 2ᵏ x^{2k+1} / (1·3·…·(2k+1)): all terms have one sign
const erfSeries = (x: number): number => {
  let [term, total] = [x, x];
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(total); k++) total += term *= (2 * x * x) / (2 * k + 1);
  return ((2 * Math.exp(-x * x)) / ROOT_PI) * total;
};

// erfc x = e^{-x²}/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))) for x > 2, from the far end inwards
const erfcFraction = (x: number): number => {
  let below = x;
  for (let k = 120; k >= 1; k--) below = x + k / 2 / below;
  return Math.exp(-x * x) / ROOT_PI / below;
};

export const erfc = (x: number): number =>
  x < 0 ? 2 - erfc(-x) : x > 2 ? erfcFraction(x) : 1 - erfSeries(x);
export const erf = (x: number): number =>
  Math.abs(x) <= 2 ? erfSeries(x) : x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
export const ndtr = (x: number): number => erfc(-x / Math.SQRT2) / 2;

// ----- the gamma family: Stirling's series far out, the recurrence back to x -----

const FAR = 12;
// B₂ₖ / (2k (2k − 1)), the coefficients of ln Γ in 1/x
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

const stirling = (x: number): number => {
  const tail = STIRLING.reduceRight((sum, c) => sum / (x * x) + c, 0) / x;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + tail;
};

const isPole = (x: number): boolean => x <= 0 && Number.isInteger(x);

export const gamma = (x: number): number => {
  if (isPole(x)) return x === 0 ? 1 / x : NaN;
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  let [far, product] = [x, 1];
  while (far < FAR) product *= far++;
  return Math.exp(stirling(far)) / product;
};

export const gammaln = (x: number): number => {
  if (isPole(x)) return Infinity;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - gammaln(1 - x);
  let [far, product] = [x, 1];
  while (far < FAR) product *= far++;
  return stirling(far) - Math.log(product);
};

// B₂ₖ / 2k, the coefficients of ψ in 1/x²
const BERNOULLI = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12];

export const digamma = (x: number): number => {
  if (isPole(x)) return NaN;
  if (x < 0.5) return digamma(1 - x) - Math.PI / Math.tan(Math.PI * x);
  let [far, sum] = [x, 0];
  while (far < FAR) sum += 1 / far++;
  const tail = BERNOULLI.reduceRight((rest, c) => (rest + c) / (far * far), 0);
  return Math.log(far) - 1 / (2 * far) - tail - sum;
};
