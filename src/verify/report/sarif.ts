import { escapeText } from "../../codec/escape.js";
import type { Finding, Rule } from "../../finding.js";
import type { VerifyReport } from "../verify.js";
import { reportJson } from "./json.js";

/** One image with what was found in it. */
export interface Verified {
  readonly image: string;
  readonly findings: readonly Finding[];
  readonly report: VerifyReport;
}

/** A file that could not be verified, and why. */
export interface Unread {
  readonly image: string;
  readonly message: string;
}

/** A SARIF 2.1.0 log of one run over several images, for CI systems. */
export function sarifLog(
  version: string,
  rules: readonly Rule[],
  images: readonly Verified[],
  unread: readonly Unread[] = [],
): unknown {
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "crimg", version, rules: rules.map(descriptor) } },
        invocations: [
          {
            executionSuccessful: unread.length === 0,
            ...(unread.length > 0 && { toolExecutionNotifications: unread.map(notification) }),
          },
        ],
        results: images.flatMap(({ image, findings }) =>
          findings.map(finding => result(image, finding, indexes.get(finding.rule))),
        ),
        properties: {
          verdicts: images.map(({ image, findings, report }) => {
            const { dialect, verdict } = reportJson(image, findings, report);
            return { image, dialect, verdict };
          }),
        },
      },
    ],
  };
}

function descriptor({ id, group, severity, title, why, source }: Rule): unknown {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${why} Source: ${source}.` },
    // The names of the severities are SARIF's own.
    defaultConfiguration: { level: severity },
    properties: { tags: [group] },
  };
}

function notification({ image, message }: Unread): unknown {
  return {
    level: "error",
    message: { text: escapeText(message) },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(image) } } }],
  };
}

function result(
  image: string,
  { rule, severity, offset, path, message, hint }: Finding,
  ruleIndex: number | undefined,
): unknown {
  return {
    ruleId: rule,
    ruleIndex,
    level: severity,
    message: { text: escapeText(hint === undefined ? message : `${message} [${hint}]`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(image) },
          region: { byteOffset: offset },
        },
        logicalLocations: [{ fullyQualifiedName: path }],
      },
    ],
  };
}

/** A path as a URI: a relative one stays relative. */
function uriOf(path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return path.startsWith("/") ? `file://${encoded}` : encoded;
}
