import type { Ran } from "./run-crimg.js";

/** A command of a transcript, and all that it is to print. */
export interface Exchange {
  readonly command: string;
  /** As it stands in the file: stdout, then stderr behind `2> `, then `exit N` if it is not 0. */
  readonly expected: string;
}

/** A transcript: what it shows, then `$ COMMAND` and the output, again and again. */
export interface Transcript {
  /** The `# ` lines at its top. */
  readonly title: string;
  readonly exchanges: readonly Exchange[];
}

const PROMPT = "$ ";

/** Reads a transcript. */
export function parseTranscript(text: string): Transcript {
  const [title, ...blocks] = text.split(/^\$ /m);
  return {
    title: title!,
    exchanges: blocks.map(block => {
      const end = block.indexOf("\n");
      return { command: block.slice(0, end), expected: block.slice(end + 1) };
    }),
  };
}

/** Writes it again. */
export function formatTranscript({ title, exchanges }: Transcript): string {
  return title + exchanges.map(({ command, expected }) => `${PROMPT}${command}\n${expected}`).join("");
}

/** What a command printed, in the form of a transcript. `folder`, whose name is new each time, becomes `$TMP`. */
export function transcribe({ stdout, stderr, status }: Ran, folder: string): string {
  const warnings = stderr.replace(/^(?=.)/gm, "2> ");
  const exit = status === 0 ? "" : `exit ${status}\n`;
  const text = (ended(stdout) + ended(warnings) + exit).replaceAll(folder, "$TMP");
  if (new RegExp(`^\\${PROMPT}`, "m").test(text))
    throw new Error(`output that looks like a command:\n${text}`);
  return text;
}

/** A last line without its newline would swallow what follows; it is shown as one with a mark. */
function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}(no newline)\n`;
}
