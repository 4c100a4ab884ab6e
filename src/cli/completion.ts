import type { Argv } from "yargs";
import type { Run } from "./arguments.js";
import { ExitCode } from "./exit-code.js";
import { writeOutput } from "./output.js";

export const command = "completion <shell>";
export const describe = "Print a completion script for a shell";

const shells = ["bash", "zsh", "fish"] as const;

export function builder(yargs: Argv) {
  return yargs
    .positional("shell", { choices: shells, demandOption: true, describe: "which shell" })
    .example("crimg completion bash >> ~/.bashrc", "for bash")
    .example("crimg completion zsh > ~/.zfunc/_crimg", "for zsh, with ~/.zfunc in fpath")
    .example("crimg completion fish > ~/.config/fish/completions/crimg.fish", "for fish");
}

type Args = Awaited<ReturnType<ReturnType<typeof builder>["parseAsync"]>>;

/** All three ask crimg itself for the words, so that they never lag behind it. */
const scripts: Record<(typeof shells)[number], string> = {
  bash: `_crimg() {
  local word words
  word="\${COMP_WORDS[COMP_CWORD]}"
  words="$(crimg --get-yargs-completions "\${COMP_WORDS[@]}" 2>/dev/null)"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word"; compgen -f -- "$word")
}
complete -o filenames -F _crimg crimg`,
  zsh: `#compdef crimg
_crimg() {
  local -a words_found
  words_found=("\${(@f)$(crimg --get-yargs-completions "\${words[@]}" 2>/dev/null)}")
  _describe 'crimg' words_found
  _files
}
compdef _crimg crimg`,
  fish: `function __crimg_words
  set -l words (commandline -opc) (commandline -ct)
  crimg --get-yargs-completions $words 2>/dev/null | string replace -r '^([^:]+):(.*)' '$1\\t$2'
end
complete -c crimg -a '(__crimg_words)'`,
};

export const run: Run<Args> = ({ shell }) => {
  writeOutput(undefined, write => write(`${scripts[shell]}\n`));
  return ExitCode.good;
};
