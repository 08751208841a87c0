/** Whether a member that takes an ARN of any service has one: `arn:PARTITION:SERVICE:REGION:ACCOUNT:REST`. */
export const isArn = (text: string | undefined): boolean =>
  /^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:\d*:.+$/.test(text ?? "");
