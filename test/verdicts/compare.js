/** What a verdict says otherwise than the kernel did; undefined if nothing. */
export function compare(expected, verdict) {
  const pairs = [
    ["returns", expected.returns, verdict.returns],
    ["position", expected.position, verdict.position],
    ["visible", expected.visible, verdict.visible],
  ];
  if (expected.others !== undefined && verdict.tasks !== undefined) {
    const [root, ...rest] = verdict.tasks;
    const answered = rest.filter(({ fate }) => fate !== "waits").map(({ returns }) => returns ?? 0);
    pairs.push(["tasks", String(expected.others), String(answered)]);
    if (expected.returns === -512) pairs.push(["root waits", expected.blocked, root.fate === "waits"]);
  }
  const wrong = pairs.filter(([, theirs, ours]) => theirs !== ours);
  return wrong.length === 0
    ? undefined
    : wrong.map(([what, theirs, ours]) => `${what} ${theirs}, predicted ${ours}`).join(", ");
}
