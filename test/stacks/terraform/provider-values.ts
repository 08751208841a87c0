/** A value that SST's provider takes and the older one that is tried here does not. */
interface ReplacedValue {
  /** Of Terraform. */
  readonly type: string;
  readonly property: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly reason: string;
}

/** All that is not tried as it would be deployed. */
const REPLACED_VALUES: readonly ReplacedValue[] = [
  {
    type: "aws_lambda_function",
    property: "runtime",
    from: "nodejs24.x",
    to: "nodejs22.x",
    reason: "Provider 5.100 is older than Lambda's Node 24; SST brings provider 7.",
  },
];

/** What the provider that is tried here takes instead; mostly the value itself. */
export const providerValue = (type: string, property: string, value: unknown): unknown =>
  REPLACED_VALUES.find(
    (each) => each.type === type && each.property === property && each.from === value,
  )?.to ?? value;
