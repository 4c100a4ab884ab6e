import { fileURLToPath } from "node:url";
import { commands, loadNamed, nameOf } from "../dist/cli/commands.js";
import { exitCodes } from "../dist/cli/exit-code.js";

export const pagePath = fileURLToPath(new URL("crimg.1", import.meta.url));

/** What a command says of itself: its `builder` is run on this instead of yargs. */
class Recorder {
  positionals = [];
  options = [];
  examples = [];
  notes = [];

  positional(name, about) {
    this.positionals.push({ name, ...about });
    return this;
  }

  option(name, about) {
    this.options.push({ name, ...about });
    return this;
  }

  /** One example, or a list of them, as yargs takes both. */
  example(given, about) {
    const examples = typeof given === "string" ? [[given, about]] : given;
    this.examples.push(...examples.map(([line, about]) => ({ line, about })));
    return this;
  }

  epilogue(text) {
    // What the exit codes mean is said once for all commands.
    if (!text.startsWith("Exit codes:")) this.notes.push(text);
    return this;
  }
}

/** The page crimg(1) in man's macros, from the commands' own tables. */
export async function currentPage() {
  await loadNamed(commands.map(nameOf));
  const recorded = commands.map(({ command, describe, builder }) => {
    const recorder = new Recorder();
    builder(recorder);
    return { command, describe, ...recorder };
  });
  return [
    `.TH CRIMG 1 "" "crimg" "User Commands"`,
    ".SH NAME",
    "crimg \\- read, check and convert Linux checkpoint images (linux-cr, 2008)",
    ".SH SYNOPSIS",
    ...recorded.flatMap(({ command }) => [".br", `.B crimg ${text(synopsisOf(command))}`, "[OPTION]..."]),
    ".SH DESCRIPTION",
    "From 2008 to 2012 the Linux checkpoint/restart patches wrote a running task into an image: a stream of C structs",
    "and memory pages. crimg shows what an image holds, says what is wrong with it and what a kernel would answer to",
    "it, and carries it from one revision of the format to another.",
    "A file name of",
    ".B \\-",
    "is standard input.",
    ".SH COMMANDS",
    ...recorded.flatMap(commandLines),
    ".SH EXIT STATUS",
    ...exitCodes.flatMap(([code, meaning]) => [".TP", `.B ${code}`, text(meaning)]),
    ".SH ENVIRONMENT",
    ...Object.entries({
      NO_COLOR: "If set and not empty, nothing is coloured.",
      FORCE_COLOR: "If set, and not 0 or false, colours are used where they go into a pipe, too.",
    }).flatMap(([name, meaning]) => [".TP", `.B ${name}`, meaning]),
    "",
  ].join("\n");
}

function commandLines({ command, describe, positionals, options, examples, notes }) {
  return [
    `.SS crimg ${text(synopsisOf(command))}`,
    `${text(describe)}.`,
    ...positionals.flatMap(({ name, describe }) => [".TP", `.I ${text(name.toUpperCase())}`, text(describe)]),
    ...options.flatMap(option => [".TP", `.B ${text(flagsOf(option))}`, text(aboutOf(option))]),
    ...notes.flatMap(note => [".PP", text(note.trim())]),
    ...examples.flatMap(({ line, about }) => [
      ".PP",
      `${text(about)}:`,
      ".RS",
      ".nf",
      text(line),
      ".fi",
      ".RE",
    ]),
  ];
}

/** `join <files..>` becomes `join FILES...`, `[shell]` becomes `[SHELL]`. */
function synopsisOf(command) {
  return command
    .replaceAll(/[<[]\w+/g, part => part.toUpperCase())
    .replaceAll("..", "...")
    .replaceAll(/[<>]/g, "");
}

function flagsOf({ name, alias, type, choices }) {
  const value = choices ? ` ${choices.join("|")}` : type === "string" ? ` ${name.toUpperCase()}` : "";
  const short = [alias ?? []]
    .flat()
    .map(letter => `-${letter}, `)
    .join("");
  return `${short}--${name}${value}`;
}

function aboutOf({ describe, default: standard }) {
  return standard === undefined || typeof standard === "boolean"
    ? describe
    : `${describe}; default: ${standard}`;
}

/** Text that man takes for text. */
function text(plain) {
  return plain
    .replaceAll("\\", "\\\\")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replace(/^\./, "\\&.");
}
