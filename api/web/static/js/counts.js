// Small counts stay out of the clear (docs/protocol.md, "Small counts"): the same rule as ledger/core/counts.py, so
// that an author learns of it before anything is signed.

const LEAST = 10n;
const PEOPLE_UNITS = ["persons", "%"];
const CASE_UNITS = [...PEOPLE_UNITS, "count"];
const ASKING = ["worker-interview", "offsite-interview", "worker-survey", "hotline"];
const GBV = "harassment-gbv";
const DIGITS = 11n; // after the point: nine that a decimal may have, two for per cent
const ONE = 10n ** DIGITS;

// The first count in a clear claim that could point at somebody, as {where, why, least, n}; null if there is none.
// `why` is "sensitive" (never under harassment), "sample" (no clear sample of at least ten) or "part".
export function smallCount(claim) {
  const sample = isObject(claim.sample) ? claim.sample : {};
  const hasMembers = Object.keys(sample).some((name) => name !== "_sd");
  const counted = peopleQuantities(claim);
  if (!hasMembers && counted.length === 0) return null;
  const where = hasMembers ? "/sample" : `/${counted[0].name}`;
  if (isSensitive(claim.issue)) return { where, why: "sensitive" };
  const n = sample.n;
  if (!Number.isInteger(n) || BigInt(n) < LEAST) return { where, why: "sample" };
  const whole = BigInt(n) * ONE;
  for (const { place, part } of parts(sample, BigInt(n), counted)) {
    if (isFew(part) || (part <= whole && isFew(whole - part))) return { where: place, why: "part", n };
  }
  return null;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isFew = (part) => part > 0n && part < LEAST * ONE;

function isSensitive(issue) {
  return [issue].flat().some((one) => typeof one === "string" && one.split("/")[0] === GBV);
}

// The clear quantities that count people or were found by asking them.
function peopleQuantities(claim) {
  const found = [];
  const units = isSensitive(claim.issue) ? CASE_UNITS : PEOPLE_UNITS;
  const { quantity } = claim;
  if (isObject(quantity) && (ASKING.includes(claim.method) || units.includes(quantity.unit))) {
    found.push({ name: "quantity", quantity });
  }
  const population = isObject(claim.scope) ? claim.scope.population : undefined;
  if (isObject(population) && PEOPLE_UNITS.includes(population.unit)) found.push({ name: "scope/population", quantity: population });
  return found;
}

// Each clear part of the sample, in people times ONE.
function parts(sample, n, counted) {
  const found = [];
  for (const name of ["women", "independentSources"]) {
    if (Number.isInteger(sample[name])) found.push({ place: `/sample/${name}`, part: BigInt(sample[name]) * ONE });
  }
  if (sample.share !== undefined && sample.share !== "unknown") {
    found.push({ place: "/sample/share", part: (decimal(sample.share) * n) / 100n });
  }
  for (const { name, quantity } of counted) {
    if (!PEOPLE_UNITS.includes(quantity.unit)) continue;
    for (const end of ["value", "low", "high"]) {
      if (quantity[end] === undefined) continue;
      const number = decimal(String(quantity[end]).replace("-", ""));
      found.push({ place: `/${name}/${end}`, part: quantity.unit === "%" ? (number * n) / 100n : number });
    }
  }
  return found;
}

// A decimal string times ONE; 0 for what is none, which the schema refuses.
function decimal(text) {
  const found = /^([0-9]+)(?:\.([0-9]{1,9}))?$/.exec(text);
  return found ? BigInt(found[1]) * ONE + BigInt((found[2] ?? "").padEnd(Number(DIGITS), "0")) : 0n;
}
