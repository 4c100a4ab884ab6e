import { CrimgError } from "../errors.js";
import type { DialectEdge } from "../formats/convert-facet.js";
import type { Dialect } from "../stream/dialect.js";

/** The fewest edges that lead from one dialect to another; none within a dialect. Throws `usage` if no way is known. */
export function shortestRoute(
  edges: readonly DialectEdge[],
  from: Dialect,
  to: Dialect,
): readonly DialectEdge[] {
  // Each round is one edge longer, so what reaches the target first is the shortest.
  const reached = new Map<Dialect, readonly DialectEdge[]>([[from, []]]);
  for (const [dialect, route] of reached) {
    if (dialect === to) return route;
    for (const edge of edges) {
      if (edge.from === dialect && !reached.has(edge.to)) reached.set(edge.to, [...route, edge]);
    }
  }
  throw new CrimgError("usage", `no way from ${from.name} to ${to.name} is known`);
}
