import { expect } from "vitest";

/** What a terminal acts upon, or what turns text around: nothing of it may reach a person's screen, but ends of lines. */
const acting = /[\x00-\x09\x0b-\x1f\x7f-\x9f\p{Bidi_Control}\p{Zl}\p{Zp}\u200b\ufeff\p{Cs}]/u;
/** Values that were not there, printed all the same. (Reports speak of undefined bytes.) */
const slips = /\bundefined\b(?! bytes)|\bNaN\b|\[object /;

/** Fails unless the text can be shown on a terminal as it is. */
export function expectShowable(text: string, about: string): void {
  for (const [what, pattern] of [
    ["is acted upon", acting],
    ["is no value", slips],
  ] as const) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const around = text.slice(Math.max(0, found.index - 60), found.index + 20);
    expect.fail(`${about}: ${JSON.stringify(found[0])} ${what}: ${JSON.stringify(around)}`);
  }
}
