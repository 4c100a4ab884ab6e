import type { Rule } from "../../finding.js";

const groups: Readonly<Record<Rule["group"], string>> = {
  structure: "are the bytes records of the format, in their order, of their length?",
  references: "is there what the numbers stand for?",
  sense: "could a task have been like that?",
};

/** The rules by group: id, severity and title, then why, then the source. */
export function rulesText(rules: readonly Rule[]): string[] {
  const width = Math.max(...rules.map(({ id }) => id.length));
  return Object.entries(groups).flatMap(([group, about], i) => [
    ...(i > 0 ? [""] : []),
    `${group}: ${about}`,
    ...rules
      .filter(rule => rule.group === group)
      .flatMap(({ id, severity, title, why, source }) => [
        `  ${id.padEnd(width)}  ${severity.padEnd(7)}  ${title}`,
        `      ${why}`,
        `      source: ${source}`,
      ]),
  ]);
}

/** One rule: what a finding of it means. */
export function ruleText({ id, group, severity, title, why, source }: Rule): string[] {
  return [
    `${id}  ${severity}  (${group}: ${groups[group]})`,
    `  ${title}`,
    `  why:    ${why}`,
    `  source: ${source}`,
  ];
}
