/** What is wrong with a text that shall be JSON, and in which column, counted from 1. */
export interface JsonFault {
  readonly column: number;
  readonly message: string;
}

/**
 * JSON.parse is the judge; this only says why it refused a text: engines say it each in their own words, and some
 * without the place. It also finds what JSON.parse passes over: a member that is named twice.
 */
export function jsonFault(text: string): JsonFault | undefined {
  return new JsonScan(text).run();
}

/** Open brackets: an object has the names met so far, a list has none. */
type OpenBracket = Set<string> | undefined;
type ExpectedToken =
  | "a value"
  | "a value or ]"
  | "a name"
  | "a name or }"
  | "a colon"
  | "a comma or }"
  | "a comma or ]"
  | "the end";

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class JsonScan {
  private at = 0;
  private expected: ExpectedToken = "a value";
  private readonly open: OpenBracket[] = [];

  constructor(private readonly text: string) {}

  run(): JsonFault | undefined {
    for (;;) {
      this.skip(SPACE);
      if (this.at >= this.text.length) {
        return this.expected === "the end"
          ? undefined
          : this.fault(`expected ${this.expected}, found the end`);
      }
      const fault = this.step(this.text[this.at]!);
      if (fault !== undefined) return fault;
    }
  }

  private step(character: string): JsonFault | undefined {
    switch (this.expected) {
      case "a value":
      case "a value or ]":
        return this.value(character);
      case "a name":
      case "a name or }":
        return this.name(character);
      case "a colon":
        if (character !== ":") return this.unexpected(character);
        this.move("a value");
        return undefined;
      case "a comma or }":
      case "a comma or ]":
        return this.next(character);
      case "the end":
        return this.unexpected(character);
    }
  }

  private value(character: string): JsonFault | undefined {
    if (character === "{") {
      this.open.push(new Set());
      this.move("a name or }");
    } else if (character === "[") {
      this.open.push(undefined);
      this.move("a value or ]");
    } else if (character === "]" && this.expected === "a value or ]") this.close();
    else if (character === '"') {
      const fault = this.string();
      if (fault !== undefined) return fault;
      this.ended();
    } else if (this.skip(SCALAR)) this.ended();
    else return this.unexpected(character);
    return undefined;
  }

  private name(character: string): JsonFault | undefined {
    if (character === "}" && this.expected === "a name or }") {
      this.close();
      return undefined;
    }
    if (character !== '"') return this.unexpected(character);
    const start = this.at;
    const fault = this.string();
    if (fault !== undefined) return fault;
    const names = this.open.at(-1)!;
    const name = JSON.parse(this.text.slice(start, this.at)) as string;
    if (names.has(name)) return { column: start + 1, message: `${JSON.stringify(name)} is there twice` };
    names.add(name);
    this.expected = "a colon";
    return undefined;
  }

  private next(character: string): JsonFault | undefined {
    const isObject = this.open.at(-1) !== undefined;
    if (character === ",") this.move(isObject ? "a name" : "a value");
    else if (character === (isObject ? "}" : "]")) this.close();
    else return this.unexpected(character);
    return undefined;
  }

  private string(): JsonFault | undefined {
    const { text } = this;
    for (this.at++; this.at < text.length; ) {
      const code = text.charCodeAt(this.at);
      if (code === 0x22) {
        this.at++;
        return undefined;
      }
      if (code < 0x20)
        return this.fault("a control character stands in a string; \\u and four digits write it");
      if (code !== 0x5c) this.at++;
      else if (!this.skip(ESCAPE)) return this.fault("a backslash in a string begins no escape");
    }
    return this.fault("the string has no end");
  }

  private close(): void {
    this.open.pop();
    this.at++;
    this.ended();
  }

  private ended(): void {
    this.expected =
      this.open.length === 0 ? "the end" : this.open.at(-1) === undefined ? "a comma or ]" : "a comma or }";
  }

  private move(expected: ExpectedToken): void {
    this.at++;
    this.expected = expected;
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private unexpected(character: string): JsonFault {
    return this.fault(`expected ${this.expected}, found ${character}`);
  }

  private fault(message: string): JsonFault {
    return { column: this.at + 1, message };
  }
}
