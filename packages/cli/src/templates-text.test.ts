import { expect, test } from "vitest";
import { templatesText } from "./templates-text.ts";

test("shows each template with what to give to the AWS CLI, and leaves out what is empty", () => {
  const text = templatesText([
    {
      name: "BinPack",
      description: "As few instances as will do.",
      placementStrategy: [{ type: "binpack", field: "memory" }],
      placementConstraints: [],
    },
    {
      name: "One Task Per Host",
      description: "At most one.",
      placementStrategy: [],
      placementConstraints: [{ type: "distinctInstance" }],
    },
  ]);
  expect(text).toBe(`BinPack
  As few instances as will do.
  --placement-strategy '[{"type":"binpack","field":"memory"}]'

One Task Per Host
  At most one.
  --placement-constraints '[{"type":"distinctInstance"}]'`);
});
