/** Source: ECS API reference, SettingName. */
export type AccountSettingName =
  | "serviceLongArnFormat"
  | "taskLongArnFormat"
  | "containerInstanceLongArnFormat"
  | "awsvpcTrunking"
  | "containerInsights"
  | "fargateFIPSMode"
  | "tagResourceAuthorization"
  | "fargateTaskRetirementWaitPeriod"
  | "guardDutyActivate"
  | "defaultLogDriverMode"
  | "fargateEventWindows";

interface AccountSettingRule {
  /** The first is what holds where nobody has set it. */
  readonly values: readonly [string, ...string[]];
  /** There is one for the account, and none for single principals. */
  readonly isOfAccount?: true;
  /** AWS sets it: it can only be read. */
  readonly isManaged?: true;
  /** It was a choice once: what it may not be any more, and how ECS says so. */
  readonly refused?: { readonly value: string; readonly text: string };
}

const ON_OR_OFF = { values: ["disabled", "enabled"] } as const;
/** Source: ECS developer guide, timeline of the long ARN format. */
const LONG_ARN = {
  values: ["enabled"],
  refused: { value: "disabled", text: "You can no longer disable Long Arn settings" },
} as const;

/** Source: ECS API reference, PutAccountSetting; ECS developer guide, account settings. */
const RULES: Readonly<Record<AccountSettingName, AccountSettingRule>> = {
  serviceLongArnFormat: LONG_ARN,
  taskLongArnFormat: LONG_ARN,
  containerInstanceLongArnFormat: LONG_ARN,
  awsvpcTrunking: ON_OR_OFF,
  containerInsights: { values: ["disabled", "enabled", "enhanced"] },
  fargateFIPSMode: ON_OR_OFF,
  // Nobody may let himself off it (ADR 0026).
  tagResourceAuthorization: { values: ["on", "off"], isOfAccount: true },
  fargateTaskRetirementWaitPeriod: { values: ["7", "0", "14"], isOfAccount: true },
  guardDutyActivate: { values: ["off", "on"], isManaged: true },
  defaultLogDriverMode: { values: ["non-blocking", "blocking"] },
  fargateEventWindows: ON_OR_OFF,
};

/** In order. */
export const ACCOUNT_SETTING_NAMES: readonly AccountSettingName[] = (
  Object.keys(RULES) as AccountSettingName[]
).toSorted();

/** What one principal has set; what the root user has set holds for all who have not. */
export interface AccountSettings {
  readonly principalArn: string;
  readonly values: AccountSettingValues;
}

export type AccountSettingValues = Readonly<Partial<Record<AccountSettingName, string>>>;

export const rootArn = (account: string): string => `arn:aws:iam::${account}:root`;

/** Who has a setting: everybody, or AWS itself. */
export const accountSettingType = (name: AccountSettingName): "user" | "aws_managed" =>
  RULES[name].isManaged ? "aws_managed" : "user";

/** What holds for a principal, by what he has set and what the root user has. */
export const effectiveValue = (
  name: AccountSettingName,
  {
    own = {},
    root = {},
  }: { readonly own?: AccountSettingValues; readonly root?: AccountSettingValues },
): string => own[name] ?? root[name] ?? RULES[name].values[0];

interface Change {
  readonly name: AccountSettingName;
  readonly isRoot: boolean;
}

/** Why this principal, or the root user for all, cannot have a setting changed; undefined where he can. */
export function changeFault({ name, isRoot }: Change): string | undefined {
  const { isManaged, isOfAccount } = RULES[name];
  if (isManaged) return `${name} is managed by AWS and cannot be changed.`;
  if (!isOfAccount || isRoot) return undefined;
  return `${name} is a setting of the account: set its default, or name the root user as principalArn.`;
}

/** Why a setting cannot have this value, in ECS's words where they are known; undefined where it can. */
export function valueFault(name: AccountSettingName, value: string): string | undefined {
  const { values, refused } = RULES[name];
  if (value === refused?.value) return refused.text;
  if (values.includes(value)) return undefined;
  return `Invalid setting 'value': ${name} should be one of [${values.join(",")}]`;
}
