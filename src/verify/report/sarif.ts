import type { Finding, Severity } from "../finding.js";
import { rules } from "../rules.js";
import type { VerifyReport } from "../verify.js";

/** One image with what was found in it. */
export interface Verified {
  readonly image: string;
  readonly findings: readonly Finding[];
  readonly report: VerifyReport;
}

const levels: Record<Severity, string> = { error: "error", warning: "warning", note: "note" };

/** A SARIF 2.1.0 log of one run over several images, for CI systems. */
export function sarifLog(version: string, images: readonly Verified[]): unknown {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "crimg",
            version,
            rules: rules.map(({ id, severity, title, why, source }) => ({
              id,
              shortDescription: { text: title },
              fullDescription: { text: why },
              help: { text: source },
              defaultConfiguration: { level: levels[severity] },
            })),
          },
        },
        results: images.flatMap(({ image, findings }) => findings.map(finding => result(image, finding))),
        properties: {
          verdicts: images.map(({ image, report }) => ({ image, ...report.verdict })),
        },
      },
    ],
  };
}

function result(image: string, { rule, severity, offset, path, message, hint }: Finding): unknown {
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: levels[severity],
    message: { text: hint === undefined ? message : `${message} (${hint})` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: image.split("/").map(encodeURIComponent).join("/") },
          region: { byteOffset: offset },
        },
        logicalLocations: [{ fullyQualifiedName: path }],
      },
    ],
  };
}
