// `npm run verdicts`: replays every restart that a booted kernel did, and says which the model answers alike.
import { formats } from "../../dist/formats/registry.js";
import { bytesSource } from "../../dist/source/source.js";
import { loadVerifyFacets } from "../../dist/verify/facets.js";
import { verifySync } from "../../dist/verify/verify.js";
import { compare } from "./compare.js";
import { rows } from "./rows.js";

const facets = await loadVerifyFacets(formats);
const groups = new Map();
for (const row of rows()) {
  const verification = verifySync(bytesSource(row.bytes), formats, facets, {
    ...row.options,
    series: row.series,
  });
  let step = verification.next();
  while (!step.done) step = verification.next();
  const group = groups.get(row.group) ?? { same: 0, all: 0, others: [] };
  groups.set(row.group, group);
  group.all++;
  const difference = compare(row.expected, step.value.verdict);
  if (difference === undefined) group.same++;
  else {
    const stale = step.value.verdict.depends.filter(text => text.startsWith("stale"));
    const reason = row.excuse ?? (stale.length > 0 ? `depends on ${stale.join("; ")}` : "UNEXPLAINED");
    group.others.push(`  ${row.name} (${row.change}): ${difference}: ${reason}`);
    if (reason === "UNEXPLAINED") process.exitCode = 1;
  }
}
for (const [name, { same, all, others }] of groups) {
  console.log(`${name}: ${same} of ${all} rows predicted exactly`);
  for (const line of others) console.log(line);
}
