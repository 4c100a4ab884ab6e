/** A command line that a shell would only have to cut into words. */
export interface PlainCommand {
  readonly args: readonly string[];
  /** Variables that are set for it alone. */
  readonly env: Readonly<Record<string, string>>;
  /** The file that its stdin is. */
  readonly stdin?: string;
}

/** Letters that mean nothing to a shell, and `$TMP`. */
const plain = String.raw`(?:[\w./:=,@%+-]|\$TMP\b)+`;
const word = `(?:'[^']*'|${plain})`;
const line = new RegExp(`^((?:\\w+=${plain} )*)crimg((?: ${word})*)(?: < (${plain}))?$`);

/** What is run by `NAME=VALUE crimg WORD ... < FILE`; undefined if it takes a shell to tell. */
export function plainCommand(text: string, folder: string): PlainCommand | undefined {
  const [, variables, words, stdin] = line.exec(text) ?? [];
  if (variables === undefined || words === undefined) return undefined;
  const meaning = (written: string) =>
    written.startsWith("'") ? written.slice(1, -1) : written.replaceAll("$TMP", folder);
  const all = (of: string, pattern: string) => of.match(new RegExp(pattern, "g")) ?? [];
  const env = all(variables, `\\w+=${plain}`).map(set => {
    const [name, ...value] = set.split("=");
    return [name!, meaning(value.join("="))] as const;
  });
  return {
    args: all(words, word).map(meaning),
    env: Object.fromEntries(env),
    ...(stdin !== undefined && { stdin: meaning(stdin) }),
  };
}

/** What stands before the only crimg of a pipeline, the crimg, and what stands behind it. */
export interface PlainPipeline {
  readonly before: string | undefined;
  readonly command: PlainCommand;
  readonly behind: string | undefined;
}

/** Of `... | crimg ... | ...`, with other programs before and behind; undefined if it is more than a pipeline of them. */
export function plainPipeline(text: string, folder: string): PlainPipeline | undefined {
  const [parts, operators] = [/(?:'[^']*'|"[^"]*"|[^'"|])+/g, /'[^']*'|"[^"]*"|[^;&<>]/g];
  if (text.replaceAll(operators, "") !== "") return undefined;
  const stages = (text.match(parts) ?? []).map(part => part.trim());
  const ours = stages.flatMap((stage, index) => (/\bcrimg\b/.test(stage) ? [index] : []));
  if (ours.length !== 1) return undefined;
  const [at] = ours;
  const command = plainCommand(stages[at!]!, folder);
  const others = (list: readonly string[]) => (list.length === 0 ? undefined : list.join(" | "));
  return command && { command, before: others(stages.slice(0, at)), behind: others(stages.slice(at! + 1)) };
}
