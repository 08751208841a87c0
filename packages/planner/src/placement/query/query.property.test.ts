import type { Attribute } from "@berth/domain/container-instance";
import { aCandidate, taskId } from "@berth/testing/builders";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type InstanceFacts, matches } from "./matches.ts";
import { parseExpression } from "./parse-expression.ts";

/** An instance, as plainly as an expression can ask about it. */
interface Plain {
  readonly attributes: Readonly<Record<string, string>>;
  readonly agentConnected: boolean;
  readonly agentVersion: readonly [number, number, number];
  readonly ec2InstanceId: string;
  readonly registeredAt: Date;
  readonly groups: readonly string[];
}

/** An expression as text, and what it means. */
interface Meant {
  readonly text: string;
  readonly holds: (of: Plain) => boolean;
}

const NAMES = ["zone", "rack", "a.b/c-d_e"];
/** Numbers would be compared as such. */
const TEXTS = ["a", "b", "ab", "us-east-1a", "with space", ""];
const GROUPS = ["service:web", "family:batch", "mine"];
const HOST_IDS = ["i-1", "i-2"];

const quoted = (text: string) => `'${text}'`;
/** Bare where it may be. */
const literal = fc.tuple(fc.constantFrom(...TEXTS), fc.boolean()).map(([text, isBare]) => ({
  text,
  written: isBare && /^[\w-]+$/.test(text) ? text : quoted(text),
}));

const spelled = <T extends string>(...spellings: readonly T[]) => fc.constantFrom(...spellings);

const ORDERS: readonly (readonly [string, string, (difference: number) => boolean])[] = [
  ["<", "less_than", (difference) => difference < 0],
  ["<=", "less_than_equal", (difference) => difference <= 0],
  [">", "greater_than", (difference) => difference > 0],
  [">=", "greater_than_equal", (difference) => difference >= 0],
  ["==", "equals", (difference) => difference === 0],
  ["!=", "not_equals", (difference) => difference !== 0],
];
const order = fc
  .tuple(fc.constantFrom(...ORDERS), fc.boolean())
  .map(([[sign, word, holds], isWord]) => ({ written: isWord ? word : sign, holds }));

const inOrder = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

const attributeLeaf: fc.Arbitrary<Meant> = fc.constantFrom(...NAMES).chain((name) => {
  const subject = `attribute:${name}`;
  const own = (of: Plain) => of.attributes[name];
  return fc.oneof(
    spelled("exists", "!exists", "not_exists").map((operator) => ({
      text: `${subject} ${operator}`,
      holds: (of: Plain) => (own(of) !== undefined) === (operator === "exists"),
    })),
    fc.tuple(order, literal).map(([{ written, holds }, value]) => ({
      text: `${subject} ${written} ${value.written}`,
      holds: (of: Plain) => {
        const text = own(of);
        // What is not there is not equal to anything, and in no order with it.
        if (text === undefined) return written === "!=" || written === "not_equals";
        return holds(inOrder(text, value.text));
      },
    })),
    fc
      .tuple(spelled("in", "!in", "not_in"), fc.array(literal, { minLength: 1, maxLength: 3 }))
      .map(([operator, values]) => ({
        text: `${subject} ${operator} [${values.map(({ written }) => written).join(", ")}]`,
        holds: (of: Plain) => values.some(({ text }) => text === own(of)) === (operator === "in"),
      })),
    fc
      .tuple(
        spelled("=~", "matches", "!~", "not_matches"),
        spelled("a.*", "(a|b)+", "[^b]*", "us-.*"),
      )
      .map(([operator, pattern]) => ({
        text: `${subject} ${operator} ${pattern}`,
        holds: (of: Plain) => {
          const text = own(of);
          const isMatch = text !== undefined && new RegExp(`^(?:${pattern})$`).test(text);
          return isMatch === (operator === "=~" || operator === "matches");
        },
      })),
  );
});

const version = fc.tuple(fc.nat(2), fc.nat(12), fc.nat(2));

const versionLeaf: fc.Arbitrary<Meant> = fc
  .tuple(order, version)
  .map(([{ written, holds }, given]) => ({
    text: `agentVersion ${written} ${given.join(".")}`,
    holds: ({ agentVersion }) => {
      const [major, minor, patch] = agentVersion.map((part, index) => part - (given[index] ?? 0));
      return holds(major || minor || patch || 0);
    },
  }));

const countLeaf: fc.Arbitrary<Meant> = fc
  .tuple(order, fc.nat(4))
  .map(([{ written, holds }, count]) => ({
    text: `runningTasksCount ${written} ${count}`,
    holds: ({ groups }) => holds(groups.length - count),
  }));

const date = fc
  .date({ min: new Date("1999-01-01"), max: new Date("2101-01-01"), noInvalidDate: true })
  .map((each) => new Date(Math.floor(each.getTime() / 86_400_000) * 86_400_000));

const dateLeaf: fc.Arbitrary<Meant> = fc.tuple(order, date).map(([{ written, holds }, given]) => ({
  text: `registeredAt ${written} ${given.toISOString().slice(0, 10)}`,
  holds: ({ registeredAt }) => holds(registeredAt.getTime() - given.getTime()),
}));

const groupLeaf: fc.Arbitrary<Meant> = fc
  .tuple(fc.boolean(), fc.constantFrom(...GROUPS))
  .map(([isEqual, group]) => ({
    text: `task:group ${isEqual ? "==" : "!="} ${group}`,
    holds: ({ groups }) => groups.includes(group) === isEqual,
  }));

const plainLeaf: fc.Arbitrary<Meant> = fc.oneof(
  fc.boolean().map((isConnected) => ({
    text: `agentConnected == ${isConnected}`,
    holds: ({ agentConnected }: Plain) => agentConnected === isConnected,
  })),
  fc.constantFrom(...HOST_IDS).map((id) => ({
    text: `ec2InstanceId == ${id}`,
    holds: ({ ec2InstanceId }: Plain) => ec2InstanceId === id,
  })),
);

/** Parentheses around each part but the leaves, so that what is written is what is meant. */
const { expression } = fc.letrec<{ expression: Meant }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    attributeLeaf,
    fc.oneof(versionLeaf, countLeaf, dateLeaf, groupLeaf, plainLeaf),
    fc.tuple(spelled("not ", "!"), tie("expression")).map(([not, inner]) => ({
      text: `${not}(${inner.text})`,
      holds: (of: Plain) => !inner.holds(of),
    })),
    fc
      .tuple(tie("expression"), spelled(" and ", " && ", " or ", "||"), tie("expression"))
      .map(([left, junction, right]) => ({
        text: `(${left.text})${junction}(${right.text})`,
        holds: (of: Plain) =>
          /and|&&/.test(junction)
            ? left.holds(of) && right.holds(of)
            : left.holds(of) || right.holds(of),
      })),
  ),
}));

const plain: fc.Arbitrary<Plain> = fc.record({
  attributes: fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...TEXTS)),
  agentConnected: fc.boolean(),
  agentVersion: version,
  ec2InstanceId: fc.constantFrom(...HOST_IDS),
  registeredAt: date,
  groups: fc.array(fc.constantFrom(...GROUPS), { maxLength: 4 }),
});

const attributesOf = (attributes: Plain["attributes"]): readonly Attribute[] =>
  Object.entries(attributes).map(([name, value]) => (value === "" ? { name } : { name, value }));

const factsOf = (of: Plain): InstanceFacts => ({
  ...aCandidate({
    instance: {
      attributes: attributesOf(of.attributes),
      ec2InstanceId: of.ec2InstanceId,
      versionInfo: { agentVersion: of.agentVersion.join(".") },
      registeredAt: of.registeredAt.getTime(),
    },
    ledger: { agentConnected: of.agentConnected },
  }),
  taskIds: of.groups.map((group, index) => taskId(group, index)),
});

function evaluate(text: string, of: Plain): boolean | string {
  const parsed = parseExpression(text);
  return parsed.kind === "expression" ? matches(parsed.expression, factsOf(of)) : parsed.message;
}

test("an expression holds where each part of it says so", () => {
  fc.assert(
    fc.property(expression, plain, ({ text, holds }, of) => {
      fc.pre(text.length <= 2_000);
      expect(evaluate(text, of)).toBe(holds(of));
    }),
    { numRuns: 500 },
  );
});

test("without parentheses, `and` binds tighter than `or` and `not` tighter than both", () => {
  const leaf = fc.oneof(attributeLeaf, plainLeaf);
  const negatable = fc.tuple(fc.constantFrom("", "not ", "! "), leaf).map(([not, inner]) => ({
    text: `${not}${inner.text}`,
    holds: (of: Plain) => inner.holds(of) === (not === ""),
  }));
  const conjunction = fc.array(negatable, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(conjunction, { minLength: 1, maxLength: 3 }), plain, (parts, of) => {
      const text = parts.map((all) => all.map((each) => each.text).join(" and ")).join(" or ");
      expect(evaluate(text, of)).toBe(parts.some((all) => all.every((each) => each.holds(of))));
    }),
    { numRuns: 200 },
  );
});
