import { type Flag, type FlagTable, flagText, positionalText, type Signature } from "./flags.ts";

/** What the help of a command says. */
export interface Documented<T extends FlagTable = FlagTable> extends Signature<T> {
  /** One sentence, for the list of all commands and the head of the help. */
  readonly summary: string;
  /** Further paragraphs, separated by blank lines. One that is indented is a table, and not wrapped. */
  readonly details?: string;
  /** A last paragraph, such as what the exit code means. */
  readonly notes?: string;
}

/** Columns of the help; a wider terminal changes nothing, so that the help can be quoted. */
const COLUMNS = 100;

/** How commands are run: by the tasks of a checkout, or as a package. */
export const INVOCATION = import.meta.url.startsWith("file:")
  ? "deno task"
  : "deno run jsr:@x/lenet/cli";

/**
 * The line that says how to run a command. It names every flag if there is room for them.
 *
 * @param command The command.
 * @returns The line, which begins with `Usage: `.
 */
export function usageLine({ name, positionals = [], flags }: Signature): string {
  const isRequired = ([, flag]: [string, Flag]): boolean =>
    flag.kind !== "boolean" && flag.required === true;
  const all = Object.entries(flags);
  const head = [
    `Usage: ${INVOCATION} ${name}`,
    ...positionals.map(positionalText),
    ...all.filter(isRequired).map(([name, flag]) => flagText(name, flag)),
  ];
  const optional = all.filter((flag) => !isRequired(flag));
  const full = [...head, ...optional.map(([name, flag]) => `[${flagText(name, flag)}]`)].join(" ");
  return full.length <= COLUMNS ? full : [...head, "[options]"].join(" ");
}

/**
 * The help of a command, from its table of arguments.
 *
 * @param command The command.
 * @returns Lines of at most 100 columns, without a newline at the end.
 */
export function helpText(command: Documented): string {
  const { summary, details, positionals = [], flags, notes } = command;
  const groups = new Map<string, [string, string][]>([[
    "",
    positionals.map(({ name, help }) => [name, help]),
  ]]);
  for (const [name, flag] of Object.entries(flags)) {
    const { group = "" } = flag;
    groups.set(group, [...groups.get(group) ?? [], [flagText(name, flag), flagHelp(flag)]]);
  }
  const width = Math.max(...[...groups.values()].flat().map(([left]) => left.length));
  const tables = [...groups].filter(([, rows]) => rows.length > 0).map(([group, rows]) =>
    [...group === "" ? [] : [group], ...rows.map((row) => twoColumns(row, width))].join("\n")
  );
  return [
    usageLine(command),
    paragraphs([summary, ...details ? [details] : []].join("\n\n")),
    ...tables,
    ...notes ? [paragraphs(notes)] : [],
  ].join("\n\n");
}

/**
 * A row of two columns, the second wrapped.
 *
 * @param row What stands left and right.
 * @param width The width of the left column.
 * @returns The lines, indented by two.
 */
export function twoColumns([left, right]: readonly [string, string], width: number): string {
  const indent = width + 4;
  const lines = wrap(right, COLUMNS - indent);
  return `  ${left.padEnd(width)}  ${lines.join(`\n${" ".repeat(indent)}`)}`.trimEnd();
}

/** The help of a flag with the values that it accepts and its default. */
function flagHelp(flag: Flag): string {
  const parts = [flag.help];
  if ((flag.kind === "choice" || flag.kind === "list") && flag.choices !== undefined) {
    parts.push(flag.choices.join(", "));
  }
  const text = parts.filter((part) => part !== "").join(": ");
  if (flag.kind === "boolean") return text;
  const preset = flag.defaultText ?? flag.default;
  return preset === undefined ? text : `${text} (default ${preset})`;
}

function paragraphs(text: string): string {
  return text.split("\n\n")
    .map((paragraph) =>
      paragraph.startsWith("  ") ? paragraph : wrap(paragraph, COLUMNS).join("\n")
    )
    .join("\n\n");
}

/** Breaks a text between words into lines of at most `width` characters. */
function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
