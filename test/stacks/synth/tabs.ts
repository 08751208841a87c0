import { withoutMarks } from "./mocks.ts";
import type { RecordedResource } from "./mocks.ts";

const TAB = "sst:sst:DevCommand";

/** What a component tells the SST command at its end: a protocol buffer's struct. */
interface Outputs {
  toJavaScript?(): Readonly<Record<string, unknown>>;
}

/** What Pulumi's mock engine keeps, by URN. */
export type Monitored = ReadonlyMap<string, { readonly state: unknown }>;

/** With what the tabs of `sst dev` tell it, for they ask AWS for nothing. */
export function withTabs(
  recorded: readonly RecordedResource[],
  resources: Monitored,
): readonly RecordedResource[] {
  const told = new Map(
    [...resources].map(([urn, { state }]) => [urn.split("::").at(-1), state as Outputs]),
  );
  return recorded.map((each) => {
    if (each.type !== TAB) return each;
    const { _dev: inputs } = told.get(each.name)?.toJavaScript?.() ?? {};
    return { ...each, inputs: withoutMarks(inputs) as RecordedResource["inputs"] };
  });
}
