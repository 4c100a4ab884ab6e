/**
 * JSON that no terminal acts upon. JSON itself escapes control characters below U+0020 only; those above it and marks of
 * direction may be in names, too. None can stand outside a string, so what the text means stays the same.
 */
export function jsonText(text: string): string {
  return text.replace(acting, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const acting = /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
