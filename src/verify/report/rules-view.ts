import { rules } from "../rules.js";

/** The rules, two lines each, by group. */
export function rulesText(): string[] {
  return (["structure", "references", "sense"] as const).flatMap(group => [
    group,
    ...rules
      .filter(rule => rule.group === group)
      .flatMap(({ id, severity, title, why, source }) => [
        `  ${id.padEnd(24)} ${severity.padEnd(7)} ${title}`,
        `  ${" ".repeat(24)}         ${why} (${source})`,
      ]),
  ]);
}

/** The same as data: schemas/rules.schema.json. */
export function rulesJson(): unknown {
  return rules;
}
