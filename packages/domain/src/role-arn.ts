const ROLE_ARN = /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const ROLE_NAME = /^[\w+=,.@/-]+$/;

export const isRoleArn = (text: string): boolean => ROLE_ARN.test(text);

/** A full ARN, or the bare name of a role of this account. */
export const isRole = (text: string): boolean => isRoleArn(text) || ROLE_NAME.test(text);

/** @param role as `isRole` knows it */
export const roleArn = (account: string, role: string): string =>
  role.startsWith("arn:") ? role : `arn:aws:iam::${account}:role/${role}`;

/** The name alone, which is one in its account whatever the path. */
export const roleName = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);
