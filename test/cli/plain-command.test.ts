import { expect, test } from "vitest";
import { plainCommand, plainPipeline } from "./plain-command.js";

test("words of a plain command are what a shell would make of them", () => {
  expect(plainCommand("crimg", "/t")).toEqual({ args: [], env: {} });
  expect(plainCommand("crimg dump $TMP/a.img --fd 0=/a '' 'a  $b'", "/t")).toEqual({
    args: ["dump", "/t/a.img", "--fd", "0=/a", "", "a  $b"],
    env: {},
  });
  expect(plainCommand("SHELL=/bin/zsh A=$TMP=b crimg dump - < $TMP/a.img", "/t")).toEqual({
    args: ["dump", "-"],
    env: { SHELL: "/bin/zsh", A: "/t=b" },
    stdin: "/t/a.img",
  });
});

test.each([
  "crimg dump a | cat",
  "crimg dump a > b",
  "crimg dump a; ls",
  "crimg dump a && ls",
  "crimg dump *.img",
  "crimg dump [a].img",
  "crimg dump $HOME",
  "crimg dump $TMPDIR",
  'crimg dump "a"',
  "crimg dump a'b'",
  "crimg dump a\\ b",
  "crimg dump ~",
  "crimg dump `ls`",
  "crimg dump a  b",
  "crimg dump a < b < c",
  "ls",
  "cat a",
])("%s takes a shell", command => {
  expect(plainCommand(command, "/t")).toBeUndefined();
});

test("a pipeline is cut before and behind crimg", () => {
  const command = { args: ["dump", "-"], env: {} };
  const ends = { before: undefined, behind: undefined };
  expect(plainPipeline("crimg dump -", "/t")).toEqual({ ...ends, command });
  expect(plainPipeline("sed 's/a|b/;/' $TMP/x | crimg dump -", "/t")).toEqual({
    ...ends,
    before: "sed 's/a|b/;/' $TMP/x",
    command,
  });
  expect(plainPipeline(`cat a | crimg dump - | cut -c1-3 | grep "a|b"`, "/t")).toEqual({
    before: "cat a",
    command,
    behind: `cut -c1-3 | grep "a|b"`,
  });
});

test.each([
  "cat a | crimg dump - | crimg info -",
  "crimg dump a | cat > b",
  "crimg dump a && ls",
  "ls | cat",
])("%s is more than a pipeline of crimg and others", text => {
  expect(plainPipeline(text, "/t")).toBeUndefined();
});
