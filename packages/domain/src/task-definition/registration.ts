import type { ContainerDefinition, TaskDefinition, Volume } from "../task-definition.ts";

/** As it came from the caller: everything may be missing. */
export type Given<T> = T extends readonly (infer Element)[]
  ? readonly Given<Element>[]
  : T extends object
    ? { readonly [K in keyof Known<T>]?: Given<T[K]> | undefined }
    : T;

/** Members of a container definition that only registration reads; they are kept and given back. */
interface CheckedOnce {
  readonly credentialSpecs: readonly string[];
  readonly firelensConfiguration: {
    readonly type: string;
    readonly options: Readonly<Record<string, string>>;
  };
}

type Registered = Omit<Known<TaskDefinition>, "containerDefinitions" | "volumes"> & {
  readonly containerDefinitions: readonly (Known<ContainerDefinition> & CheckedOnce)[];
  readonly volumes: readonly (Known<Volume> & NetworkVolume)[];
  readonly inferenceAccelerators: readonly object[];
  readonly proxyConfiguration: { readonly containerName: string };
  readonly ephemeralStorage: { readonly sizeInGiB: number };
  readonly enableFaultInjection: boolean;
};

/** Volumes that are registered and not yet mounted. */
interface NetworkVolume {
  readonly configuredAtLaunch: boolean;
  readonly fsxWindowsFileServerVolumeConfiguration: {
    readonly fileSystemId: string;
    readonly rootDirectory: string;
    readonly authorizationConfig: {
      readonly credentialsParameter: string;
      readonly domain: string;
    };
  };
  readonly s3filesVolumeConfiguration: {
    readonly fileSystemArn: string;
    readonly rootDirectory: string;
    readonly transitEncryptionPort: number;
    readonly accessPointArn: string;
  };
  readonly efsVolumeConfiguration: {
    readonly fileSystemId: string;
    readonly rootDirectory: string;
    readonly transitEncryption: "ENABLED" | "DISABLED";
    readonly transitEncryptionPort: number;
    readonly authorizationConfig: {
      readonly accessPointId: string;
      readonly iam: "ENABLED" | "DISABLED";
    };
  };
}

/** A RegisterTaskDefinition request without its tags. */
export type Registration = Given<Registered>;
export type GivenContainer = Given<Registered["containerDefinitions"][number]>;
export type GivenPortMapping = Given<
  Registered["containerDefinitions"][number]["portMappings"][number]
>;
export type GivenVolume = Given<Registered["volumes"][number]>;

/** `bridge` is what ECS takes where none is given. Source: ECS API reference, `networkMode`. */
export const networkModeOf = (registration: Registration) => registration.networkMode ?? "bridge";

export const isFor = (registration: Registration, compatibility: string): boolean =>
  registration.requiresCompatibilities?.includes(compatibility) ?? false;

/** Without the index signature of members that are only kept. */
type Known<T> = {
  readonly [K in keyof T as string extends K ? (unknown extends T[K] ? never : K) : K]: T[K];
};
