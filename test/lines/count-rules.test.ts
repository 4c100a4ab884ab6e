import { describe, expect, it } from "vitest";
import { group, record, sequence } from "../../src/codec/grammar.js";
import { formats } from "../../src/formats/registry.js";
import { countRules } from "../../src/lines/count-rules.js";
import type { Dialect } from "../../src/stream/dialect.js";
import { toy1 } from "../formats/toy.js";

const dialects = formats.flatMap(format => format.dialects);
/** The fields that count something, with what ends their counts. */
const countsOf = (dialect: Dialect) => {
  const { ofRecord, endedBy } = countRules(dialect);
  const rules = [...ofRecord.values()].flat();
  const ends = (rule: (typeof rules)[number]) =>
    [...endedBy].filter(([, ended]) => ended.includes(rule)).map(([name]) => name);
  return Object.fromEntries(rules.map(rule => [`${rule.record}.${rule.field}`, ends(rule).sort()]));
};

describe("what a field counts is told by the grammar:", () => {
  it("of an image with all that there is, and where each count ends", () => {
    expect(countsOf(dialects.find(({ name }) => name === "cr-3b")!)).toEqual({
      "TREE.tasks_nr": ["TREE"],
      "TASK.task_comm_len": ["TASK"],
      "MM.map_count": ["MM", "TASK"],
      "PGARR.nr_pages": ["PGARR", "TASK"],
      "MM_CONTEXT.nldt": ["MM_CONTEXT", "TASK"],
      "FILES.nfds": ["FILES", "TASK"],
      "THREAD.ntls": ["TASK", "THREAD"],
    });
  });

  it("of a format that nothing is declared for", () => {
    expect(countsOf(toy1)).toEqual({
      "BOX.owners": ["BOX"],
      "OWNER.shelves": ["OWNER"],
      "SHELF.pages": ["OWNER", "SHELF"],
    });
  });

  it("a size that all records of a kind have is none", () => {
    const sized = toy1.next("toy-sized", {
      image: sequence(
        "BOX",
        group("owner", record("OWNER", { name: "stuff", doc: "", count: "BOX.owners", stride: 1 })),
        "LID",
      ),
    });
    expect(countsOf(sized)).toEqual({});
  });

  it("and the help of encode names each of them", () => {
    const said = formats.map(({ commands }) => commands?.encode?.fixCounts).join();
    const fields = dialects.flatMap(dialect => Object.keys(countsOf(dialect)).map(ref => ref.split(".")[1]!));
    expect([...new Set(fields)].filter(field => !said.includes(field))).toEqual([]);
  });
});
