import type { Finding } from "../../finding.js";
import type { Verdict } from "../../formats/verify-facet.js";
import type { VerifyReport } from "../verify.js";

/** One image as it goes into JSON: schemas/verify-image.schema.json. */
export function reportJson(
  image: string,
  findings: readonly Finding[],
  { dialect, counts, verdict }: VerifyReport,
): Record<string, unknown> {
  return {
    image,
    dialect: dialect ?? null,
    findings,
    counts,
    ...(verdict && { verdict: verdictJson(verdict) }),
  };
}

function verdictJson({ series, returns, errno, position, visible, depends, tasks }: Verdict): object {
  return {
    series,
    returns,
    errno: errno ?? null,
    position,
    visible,
    ...(depends.length > 0 && { depends }),
    ...(tasks && { tasks: tasks.map(({ errno: _, ...task }) => task) }),
  };
}
