import { expect, test } from "vitest";
import { plainCommand } from "./plain-command.js";

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
