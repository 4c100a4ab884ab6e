import { describe, expect, test } from "vitest";
import {
  choice,
  compileGrammar,
  counted,
  type Grammar,
  group,
  optional,
  type RawBlock,
  record,
  sequence,
  until,
  when,
} from "../../src/codec/grammar.js";
import { dialectNamed, dialects } from "../../src/formats/cr/dialects.js";

const END = "(end)";

/** The records that may come next behind each record of a grammar. */
function followers(grammar: Grammar): Record<string, string[]> {
  const { places, start, steps, ends } = compileGrammar(sequence(grammar));
  const next: Record<string, string[]> = { "(start)": start.map(({ to }) => to.record) };
  for (const { id, record } of places) {
    next[record] = steps[id]!.map(({ to }) => to.record);
    if (ends[id] !== undefined) next[record].push(END);
  }
  return next;
}

const groupOf = (name: string) => group(name.toLowerCase(), name);
const aIsOne = when("A.n", "=", 1);

describe("what may follow what", () => {
  test("sequence: one after the other, in that order", () => {
    expect(followers(sequence("A", "B", "C"))).toEqual({ "(start)": ["A"], A: ["B"], B: ["C"], C: [END] });
  });

  test("optional: there or not, whatever its condition says", () => {
    expect(followers(sequence("A", optional("B", aIsOne), "C"))).toEqual({
      "(start)": ["A"],
      A: ["B", "C"],
      B: ["C"],
      C: [END],
    });
    expect(followers(sequence("A", optional("B")))).toEqual({ "(start)": ["A"], A: ["B", END], B: [END] });
    expect(followers(sequence(optional("A"), "B"))).toEqual({ "(start)": ["A", "B"], A: ["B"], B: [END] });
  });

  test("several optional parts in a row can all be left out", () => {
    expect(followers(sequence("A", optional("B"), optional("C"), "D"))["A"]).toEqual(["B", "C", "D"]);
  });

  test("counted by a field: none, one or more", () => {
    expect(followers(sequence("A", counted("A.n", groupOf("B")), "C"))).toEqual({
      "(start)": ["A"],
      A: ["B", "C"],
      B: ["B", "C"],
      C: [END],
    });
  });

  test("counted by a constant: at least one", () => {
    expect(followers(sequence("A", counted(1, groupOf("B")), "C"))["A"]).toEqual(["B"]);
  });

  test("until: once or more", () => {
    expect(followers(sequence("A", until(when("B.n", "=", 0), groupOf("B")), "C"))).toEqual({
      "(start)": ["A"],
      A: ["B"],
      B: ["B", "C"],
      C: [END],
    });
  });

  test("choice: one of several", () => {
    expect(followers(sequence("A", choice("B", sequence("C", "D")), "E"))).toEqual({
      "(start)": ["A"],
      A: ["B", "C"],
      B: ["E"],
      C: ["D"],
      D: ["E"],
      E: [END],
    });
  });

  test("choice with an option that may be empty can be left out", () => {
    expect(followers(sequence("A", choice("B", optional("C")), "D"))["A"]).toEqual(["B", "C", "D"]);
  });

  test("group: its records stand in it, from the outside in", () => {
    const { places } = compileGrammar(
      sequence("A", group("task", "B", group("mm", "C", counted("C.n", group("vma", "D"))))),
    );
    expect(
      places.map(({ record, groups }) => [record, groups.map(({ group }) => group.name).join(".")]),
    ).toEqual([
      ["A", ""],
      ["B", "task"],
      ["C", "task.mm"],
      ["D", "task.mm.vma"],
    ]);
  });
});

describe("what a step passes over, repeats and leaves", () => {
  const body = group("b", "B");
  const repeat = counted("A.n", body);
  const maybe = optional("C", aIsOne);
  const automaton = compileGrammar(sequence("A", repeat, maybe, "D"));
  const step = (from: string, to: string) => {
    const place = automaton.places.find(({ record }) => record === from)!;
    return automaton.steps[place.id]!.find(step => step.to.record === to)!;
  };

  test("a step past a repetition of zero rounds and an optional part says both", () => {
    expect(step("A", "D").skipped).toEqual([repeat, maybe]);
    expect(step("A", "C").skipped).toEqual([repeat]);
    expect(step("A", "B").skipped).toEqual([]);
  });

  test("a step to the next round says so, and enters the group anew", () => {
    expect(step("B", "B")).toMatchObject({ again: repeat, ended: [], keep: 0 });
  });

  test("a step out of a repetition ends it", () => {
    expect(step("B", "D")).toMatchObject({ again: undefined, ended: [repeat], skipped: [maybe] });
  });

  test("a step inside a group keeps it", () => {
    const { places, steps } = compileGrammar(group("task", "A", group("mm", "B", "C"), "D"));
    const keeps = places.map(({ id, record }) => [record, steps[id]!.map(({ keep }) => keep)]);
    expect(keeps).toEqual([
      ["A", [1]],
      ["B", [2]],
      ["C", [1]],
      ["D", []],
    ]);
  });

  test("a step to the next round of an outer repetition ends the inner one", () => {
    const inner = counted("A.n", group("b", "B"));
    const outer = counted("H.n", group("a", "A", inner));
    const { places, steps } = compileGrammar(sequence("H", outer, "T"));
    const fromB = steps[places.find(({ record }) => record === "B")!.id]!;
    expect(fromB.map(({ to, again, ended }) => [to.record, again, ended])).toEqual([
      ["B", inner, []],
      ["A", outer, [inner]],
      ["T", undefined, [outer, inner]],
    ]);
  });

  test("the end of an image passes over and ends, too", () => {
    const repeat = counted("A.n", group("b", "B"));
    const maybe = optional("C");
    const { ends } = compileGrammar(sequence("A", repeat, maybe));
    expect(ends).toEqual([
      { skipped: [repeat, maybe], ended: [] },
      { skipped: [maybe], ended: [repeat] },
      { skipped: [], ended: [] },
    ]);
  });
});

describe("raw blocks", () => {
  const tls: RawBlock = { name: "tls", doc: "TLS", count: 3, stride: 8 };

  test("hang on the place of their record", () => {
    const { places } = compileGrammar(sequence("A", record("THREAD", tls)));
    expect(places.map(({ record, raw }) => [record, raw])).toEqual([
      ["A", []],
      ["THREAD", [tls]],
    ]);
  });
});

describe("a grammar that can be read in two ways is refused", () => {
  test.each<[string, Grammar]>([
    ["two places of one record, one of them optional", sequence("A", optional("B"), "B")],
    ["two options of a choice that begin alike", sequence("A", choice("B", sequence("B", "C")))],
    ["a repetition before the same record", sequence("A", counted("A.n", group("b", "B")), "B")],
    [
      "two repetitions of one record",
      sequence("A", counted("A.n", group("x", "B")), counted("A.m", group("y", "B"))),
    ],
  ])("%s", (_, grammar) => {
    expect(() => compileGrammar(sequence(grammar))).toThrow("two ways to read B after");
  });

  test("the same record at two places is fine where the place before tells them apart", () => {
    expect(followers(sequence("A", "FNAME", "B", "FNAME")).A).toEqual(["FNAME"]);
  });
});

describe("the grammars of the dialects", () => {
  test.each(dialects.map(dialect => [dialect.name, dialect] as const))(
    "%s: begins with HEAD, ends with TAIL, has every record that has a number",
    (_, { automaton, types }) => {
      expect(automaton.start.map(({ to }) => to.record)).toEqual(["HEAD"]);
      const last = automaton.places.filter(({ id }) => automaton.ends[id] !== undefined);
      expect(last.map(({ record }) => record)).toEqual(["TAIL"]);
      // BUFFER has a number, but no posting writes it.
      const named = Object.keys(types).filter(name => name !== "BUFFER");
      expect([...new Set(automaton.places.map(({ record }) => record))].sort()).toEqual(named.sort());
    },
  );

  const behind = (dialect: string, record: string, inGroup?: string) => {
    const { places, steps } = dialectNamed(dialect).automaton;
    const from = places.filter(
      place =>
        place.record === record && (inGroup === undefined || place.groups.at(-1)?.group.name === inGroup),
    );
    expect(from).toHaveLength(1);
    return steps[from[0]!.id]!.map(({ to }) => to.record);
  };

  test("cr-1: memory may be missing, descriptors always are", () => {
    expect(behind("cr-1", "STRING")).toEqual(["MM", "TASK", "TAIL"]);
    expect(behind("cr-1", "MM_CONTEXT")).toEqual(["THREAD"]);
  });

  test("cr-2: after PGARR come PGARR, the next VMA or MM_CONTEXT", () => {
    expect(behind("cr-2", "PGARR")).toEqual(["PGARR", "VMA", "MM_CONTEXT"]);
    expect(behind("cr-2", "VMA")).toEqual(["FNAME", "PGARR"]);
    expect(behind("cr-2", "FNAME", "vma")).toEqual(["PGARR"]);
    expect(behind("cr-2", "MM")).toEqual(["VMA", "MM_CONTEXT"]);
  });

  test("cr-2: descriptors stand between memory and registers, an open file behind its first", () => {
    expect(behind("cr-2", "MM_CONTEXT")).toEqual(["FILES"]);
    expect(behind("cr-2", "FILES")).toEqual(["FD_ENT", "THREAD"]);
    expect(behind("cr-2", "FD_ENT")).toEqual(["FD_DATA", "FD_ENT", "THREAD"]);
    expect(behind("cr-2", "FD_DATA")).toEqual(["FNAME"]);
    expect(behind("cr-2", "FNAME", "fd_data")).toEqual(["FD_ENT", "THREAD"]);
  });

  test("cr-1, cr-2: a second task can be read, and is known to be one too many", () => {
    expect(behind("cr-1", "CPU")).toEqual(["TASK", "TAIL"]);
    expect(behind("cr-2", "CPU")).toEqual(["TASK", "TAIL"]);
    const task = dialectNamed("cr-2").automaton.places.find(({ record }) => record === "TASK");
    expect(task?.groups.map(({ group, repeat }) => [group.name, repeat?.count])).toEqual([["task", 1]]);
  });

  test.each(["cr-3a", "cr-3b"])("%s: HEAD_ARCH and TREE first, then task after task", name => {
    expect(behind(name, "HEAD")).toEqual(["HEAD_ARCH"]);
    expect(behind(name, "HEAD_ARCH")).toEqual(["TREE"]);
    expect(behind(name, "TREE")).toEqual(["TASK", "TAIL"]);
    expect(behind(name, "CPU")).toEqual(["TASK", "TAIL"]);
  });

  const rawBehind = (dialect: string, record: string) =>
    dialectNamed(dialect)
      .byName(record)
      ?.raw.map(({ name }) => name);

  test("raw blocks follow the records that announce them", () => {
    expect(rawBehind("cr-2", "PGARR")).toEqual(["addresses", "pages"]);
    expect(rawBehind("cr-2", "MM_CONTEXT")).toEqual(["ldt"]);
    expect(rawBehind("cr-2", "THREAD")).toEqual(["tls"]);
    expect(rawBehind("cr-2", "CPU")).toEqual([]);
    expect(rawBehind("cr-3a", "TREE")).toEqual(["pids"]);
    expect(rawBehind("cr-3b", "CPU")).toEqual(["xstate"]);
  });

  test("the TLS array stands always up to v8, only if one is used since v9", () => {
    expect(dialectNamed("cr-2").byName("THREAD")?.raw[0]?.when).toBeUndefined();
    expect(dialectNamed("cr-3a").byName("THREAD")?.raw[0]?.when).toEqual(when("THREAD.ntls", ">", 0));
  });
});
