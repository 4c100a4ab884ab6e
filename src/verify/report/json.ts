import type { Finding } from "../../finding.js";
import { errnoName } from "../../formats/cr/restart/errno.js";
import type { VerifyReport } from "../verify.js";

/** One image as it goes into JSON: schemas/verify-image.schema.json. */
export function reportJson(
  image: string,
  findings: readonly Finding[],
  report: VerifyReport,
): Record<string, unknown> {
  const { dialect, counts, verdict } = report;
  const { series, returns, position, visible, depends, tasks } = verdict;
  return {
    image,
    dialect: dialect ?? null,
    findings,
    counts,
    verdict: {
      series,
      returns,
      errno: errnoName(-returns) ?? null,
      position,
      visible,
      ...(depends.length > 0 && { depends }),
      ...(tasks && { tasks }),
    },
  };
}
