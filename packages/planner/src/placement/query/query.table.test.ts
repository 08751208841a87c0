import { aCandidate, taskId } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { matches } from "./matches.ts";
import { parseExpression } from "./parse-expression.ts";

/** 2018-06-18T22:28:28Z */
const REGISTERED_AT = 1_529_360_908_000;

const facts = {
  ...aCandidate({
    instance: {
      ec2InstanceId: "i-0123",
      versionInfo: { agentVersion: "1.27.0" },
      registeredAt: REGISTERED_AT,
      attributes: [
        { name: "ecs.instance-type", value: "g2.2xlarge" },
        { name: "zone", value: "us-east-1a" },
        { name: "rack", value: "9" },
        { name: "owner", value: "night shift" },
        { name: "efs" },
        { name: "label", value: "rack-9" },
        { name: "mixed", value: "9a" },
      ],
    },
  }),
  taskIds: [taskId("service:web", 1), taskId("family:batch", 1)],
};

function evaluate(text: string): boolean | string {
  const parsed = parseExpression(text);
  return parsed.kind === "expression" ? matches(parsed.expression, facts) : parsed.message;
}

const VALID: readonly (readonly [expression: string, holds: boolean])[] = [
  ["attribute:zone == us-east-1a", true],
  ["attribute:zone equals 'us-east-1a'", true],
  ["attribute:zone == us-east-1", false],
  ["attribute:owner == 'night shift'", true],
  ["attribute:zone != us-east-1a", false],
  ["attribute:zone not_equals us-east-1b", true],
  ["attribute:absent == a", false],
  ["attribute:absent != a", true],
  ["attribute:zone exists", true],
  ["attribute:efs exists", true],
  ["attribute:absent exists", false],
  ["attribute:absent !exists", true],
  ["attribute:zone not_exists", false],
  ["attribute:zone in [us-east-1a, us-east-1b]", true],
  ["attribute:zone in ['us-east-1b','us-east-1c']", false],
  ["attribute:zone !in [us-east-1a]", false],
  ["attribute:absent not_in [us-east-1a]", true],
  ["attribute:ecs.instance-type =~ g2.*", true],
  ["attribute:ecs.instance-type =~ g2", false],
  ["attribute:ecs.instance-type =~ 2xlarge", false],
  ["attribute:ecs.instance-type !~ t2.*", true],
  ["attribute:ecs.instance-type matches '(t|g)2[.].*'", true],
  ["(attribute:ecs.instance-type matches (t|g)2[.].*)", true],
  ["attribute:ecs.instance-type not_matches g.+", false],
  ["attribute:rack > 10", false],
  ["attribute:rack < 10", true],
  ["attribute:zone > us-east-1", true],
  ["attribute:zone <= us-east-1", false],
  ["attribute:zone <= us-east-1a", true],
  ["attribute:zone >= us-east-1a", true],
  ["attribute:zone < us-east-1b", true],
  ["attribute:zone >= us-east-1b", false],
  // Texts and numbers are compared as texts.
  ["attribute:rack < b", true],
  ["attribute:zone < 10", false],
  ["attribute:label > rack-10", true],
  ["attribute:mixed > 10a", true],
  ["attribute:absent < 10", false],
  ["attribute:efs == ''", true],
  ["agentConnected == true", true],
  ["agentConnected == false", false],
  ["ec2InstanceId in ['i-0123', 'i-9']", true],
  ["ec2InstanceId =~ i-.*", true],
  ["agentConnected in [true]", true],
  ["agentConnected =~ t.*", true],
  ["agentVersion == 1.27", true],
  ["agentVersion == 1.28", false],
  ["agentVersion < 1.27.0.1", true],
  ["agentVersion != 1.27.0", false],
  ["agentVersion >= 1.9.0", true],
  ["agentVersion > 1.27.0", false],
  ["agentVersion < 1.27.1", true],
  ["agentVersion less_than_equal 1.27.0", true],
  ["runningTasksCount == 2", true],
  ["runningTasksCount == 02", true],
  ["runningTasksCount == 12", false],
  ["runningTasksCount greater_than 2", false],
  ["runningTasksCount greater_than_equal 2", true],
  ["runningTasksCount less_than 2", false],
  ["registeredAt == 2018-06-18T22:28:28+00:00", true],
  ["registeredAt == 2018-06-19T00:28:28+02:00", true],
  ["registeredAt == 2018-06-18T17:58:28-04:30", true],
  ["registeredAt == 2018-06-18T22:28:28Z", true],
  ["registeredAt == 2018-06-18T22:28:28", true],
  ["registeredAt == 2018-06-18T22:28:28.512Z", true],
  ["registeredAt >= 2018-06-18", true],
  ["registeredAt > 2018-06-19", false],
  ["task:group == service:web", true],
  ["task:group == service:api", false],
  ["task:group != service:web", false],
  ["task:group in [service:api, family:batch]", true],
  ["task:group not_in [service:api]", true],
  [" attribute:efs exists ", true],
  ["not agentConnected == false", true],
  ["!(agentConnected == true)", false],
  ["not not agentConnected == true", true],
  ["attribute:efs exists and agentConnected == false", false],
  ["attribute:efs exists&&agentConnected==true", true],
  ["attribute:efs exists or agentConnected == false", true],
  ["attribute:absent exists||agentConnected == false", false],
  // `and` binds tighter than `or`, `not` tighter than both.
  ["attribute:efs exists or attribute:absent exists and attribute:absent exists", true],
  ["(attribute:efs exists or attribute:absent exists) and attribute:absent exists", false],
  ["not attribute:absent exists and attribute:absent exists", false],
  ["attribute:order == a or attribute:index exists or attribute:efs exists", true],
  // Keywords, spaces and quotes.
  ["attribute:zone==us-east-1a", true],
  ["attribute:zone\t==\n us-east-1a", true],
  ["'attribute:zone' == us-east-1a", true],
  ["attribute:owner != 'day shift'", true],
  ["attribute:owner =~ 'night .*'", true],
  ["attribute:efs exists   ", true],
  ["attribute:zone in['us-east-1a']", true],
  ["attribute:zone in ['us-east-1a, us-east-1b']", false],
  ["attribute:zone in [ us-east-1b , us-east-1a ]", true],
  ["attribute:zone in ['']", false],
  ["attribute:efs in ['']", true],
  ["attribute:label == 'rack-9'", true],
  ["attribute:Zone exists", false],
  ["attribute:zone == US-EAST-1A", false],
  ["attribute:notes.a/b_c-d not_exists", true],
  // Words for operators.
  ["agentConnected equals true", true],
  ["agentConnected not_equals true", false],
  ["agentConnected not_in [false]", true],
  ["ec2InstanceId not_equals i-0123", false],
  ["ec2InstanceId !in [i-1, i-2]", true],
  ["ec2InstanceId !~ m.*", true],
  ["ec2InstanceId not_matches i-[0-9]{4}", false],
  ["agentVersion greater_than 1.26.99", true],
  ["agentVersion less_than 2", true],
  ["agentVersion equals 1.27.0.0", true],
  ["runningTasksCount != 3", true],
  ["runningTasksCount < 3", true],
  ["runningTasksCount <= 1", false],
  ["registeredAt not_equals 2018-06-18", true],
  ["registeredAt less_than 2018-06-18T22:28:29", true],
  ["registeredAt less_than_equal 2018-06-18T22:28:27Z", false],
  ["task:group equals family:batch", true],
  ["task:group !in [service:web]", false],
  ["task:group not_equals family:other", true],
  // Compound ones.
  ["((attribute:efs exists))", true],
  ["(attribute:efs exists) and (agentConnected == true)", true],
  ["!attribute:absent exists and !attribute:gone exists", true],
  ["not (attribute:efs exists or attribute:absent exists)", false],
  ["not (attribute:efs exists and attribute:absent exists)", true],
  ["!(!(attribute:efs exists))", true],
  ["attribute:absent exists or attribute:absent exists or attribute:efs exists", true],
  ["attribute:efs exists and attribute:rack exists and attribute:absent exists", false],
  ["attribute:absent exists && attribute:efs exists || attribute:efs exists", true],
  ["attribute:absent exists and (attribute:efs exists or attribute:efs exists)", false],
  ["attribute:rack in [8,9] and not attribute:zone in [us-east-1b]", true],
  ["(attribute:zone =~ us-(east|west)-1[ab]) and runningTasksCount < 10", true],
  ["attribute:zone =~ (us|eu)-.* or agentConnected == false", true],
];

/** With what is wrong, and where. */
const INVALID: readonly (readonly [expression: string, fault: string])[] = [
  ["", "expected a subject at character 1 but found the end"],
  ["zone == a", "zone at character 1 is not a subject"],
  ["attribute: == a", "attribute: at character 1 is not a subject"],
  ["xattribute:zone == a", "xattribute:zone at character 1 is not a subject"],
  [
    "agentConnected == untrue",
    "agentConnected needs true or false at character 19 but was given untrue",
  ],
  [
    "agentConnected == trueish",
    "agentConnected needs true or false at character 19 but was given trueish",
  ],
  [
    "registeredAt > x2018-06-18",
    "registeredAt needs a date at character 16 but was given x2018-06-18",
  ],
  [
    "registeredAt > 2018-06-18x",
    "registeredAt needs a date at character 16 but was given 2018-06-18x",
  ],
  ["attribute:zone", "expected an operator at character 15 but found the end"],
  ["attribute:zone is a", "expected an operator at character 16 but found is a"],
  ["attribute:zone inside a", "expected an operator at character 16 but found inside a"],
  ["attribute:zone ==", "expected a value at character 18 but found the end"],
  ["attribute:zone == 'a", "expected a value at character 19 but found 'a"],
  ["attribute:zone in a", "expected '[' at character 19 but found a"],
  ["attribute:zone in [a, b", "expected ']' at character 24 but found the end"],
  ["attribute:zone in []", "expected a value at character 20 but found ]"],
  ["(attribute:zone == a", "expected ')' at character 21 but found the end"],
  ["attribute:zone == a)", "expected 'and', 'or' or the end at character 20 but found )"],
  [
    "attribute:zone == a attribute:zone == b",
    "expected 'and', 'or' or the end at character 21 but found attribute:zone == b",
  ],
  ["attribute:zone == a and", "expected a subject at character 24 but found the end"],
  ["attribute:zone =~", "expected a pattern at character 18 but found the end"],
  ["attribute:zone =~ 'a['", "pattern a[: the end at its character 3 comes too early"],
  ["ec2InstanceId exists", "ec2InstanceId does not take the operator exists at character 15"],
  ["task:group =~ service:.*", "task:group does not take the operator =~ at character 12"],
  ["agentVersion in [1.2]", "agentVersion does not take the operator in at character 14"],
  ["agentConnected == yes", "agentConnected needs true or false at character 19 but was given yes"],
  ["agentVersion > new", "agentVersion needs a version at character 16 but was given new"],
  ["runningTasksCount > 1.5", "runningTasksCount needs a number at character 21 but was given 1.5"],
  ["registeredAt > yesterday", "registeredAt needs a date at character 16 but was given yesterday"],
  [`attribute:a == ${"a".repeat(2000)}`, "is longer than 2000 characters"],
  ["and", "and at character 1 is not a subject"],
  ["()", "expected a subject at character 2 but found )"],
  ["!", "expected a subject at character 2 but found the end"],
  ["not", "expected a subject at character 4 but found the end"],
  ["attribute:zone = a", "expected an operator at character 16 but found = a"],
  ["attribute:zone === a", "expected a value at character 18 but found = a"],
  ["attribute:zone == a == b", "expected 'and', 'or' or the end at character 21 but found == b"],
  ["attribute:zone == a or", "expected a subject at character 23 but found the end"],
  ["or attribute:zone == a", "or at character 1 is not a subject"],
  [
    "attribute:zone == a AND agentConnected == true",
    "expected 'and', 'or' or the end at character 21 but found AND agentConnected =",
  ],
  [
    "attribute:zone == a & agentConnected == true",
    "expected 'and', 'or' or the end at character 21 but found & agentConnected == ",
  ],
  ["(attribute:zone == a))", "expected 'and', 'or' or the end at character 22 but found )"],
  ["((attribute:zone == a)", "expected ')' at character 23 but found the end"],
  ["attribute:zone in", "expected '[' at character 18 but found the end"],
  ["attribute:zone in [a b]", "expected ']' at character 22 but found b]"],
  ["attribute:zone in [a,]", "expected a value at character 22 but found ]"],
  ["attribute:zone in ['a]", "expected a value at character 20 but found 'a]"],
  ["attribute:zone exists a", "expected 'and', 'or' or the end at character 23 but found a"],
  ["attribute:zone =~ '*a'", "pattern *a: * at its character 1 repeats nothing"],
  ["attribute:zone =~ '(?=a)'", "pattern (?=a): = at its character 3 is not supported after (?"],
  [
    "attribute:zone !~ 'a{2,1}'",
    "pattern a{2,1}: { at its character 2 has its limits the wrong way round",
  ],
  ["agentConnected exists", "agentConnected does not take the operator exists at character 16"],
  ["agentConnected > true", "agentConnected does not take the operator > at character 16"],
  [
    "agentConnected in [yes]",
    "agentConnected needs true or false at character 20 but was given yes",
  ],
  ["ec2InstanceId < i-1", "ec2InstanceId does not take the operator < at character 15"],
  ["runningTasksCount in [1]", "runningTasksCount does not take the operator in at character 19"],
  ["runningTasksCount == -1", "runningTasksCount needs a number at character 22 but was given -1"],
  ["registeredAt =~ 2018.*", "registeredAt does not take the operator =~ at character 14"],
  [
    "registeredAt > 2018-13-01",
    "registeredAt needs a date at character 16 but was given 2018-13-01",
  ],
  [
    "registeredAt > 2018-00-10",
    "registeredAt needs a date at character 16 but was given 2018-00-10",
  ],
  [
    "registeredAt > 2019-02-29",
    "registeredAt needs a date at character 16 but was given 2019-02-29",
  ],
  [
    "registeredAt > 2018-06-00",
    "registeredAt needs a date at character 16 but was given 2018-06-00",
  ],
  [
    "registeredAt > 2018-06-18T24:00:00",
    "registeredAt needs a date at character 16 but was given 2018-06-18T24:00:00",
  ],
  ["task:group exists", "task:group does not take the operator exists at character 12"],
  ["task:group < a", "task:group does not take the operator < at character 12"],
  ["task:family == a", "task:family at character 1 is not a subject"],
];

describe("a cluster query expression", () => {
  test.each(VALID)("%s: %s", (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  test.each(INVALID)("%j is none", (text, message) => {
    expect(parseExpression(text)).toEqual({ kind: "invalid", message });
  });

  test("is in one of the tables once", () => {
    const texts = [...VALID, ...INVALID].map(([text]) => text);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.length).toBeGreaterThanOrEqual(120);
  });
});
