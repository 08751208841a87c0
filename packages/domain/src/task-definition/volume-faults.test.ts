import { withVolume } from "@berth/testing/registrations";
import { describe, expect, test } from "vitest";
import { faults } from "./faults.ts";
import type { GivenVolume } from "./registration.ts";

const efs = { fileSystemId: "fs-0123456789abcdef0" };
const fsx = {
  fileSystemId: "fs-0123456789abcdef0",
  rootDirectory: "share",
  authorizationConfig: {
    credentialsParameter: "arn:aws:secretsmanager:r:123456789012:secret:s",
    domain: "corp.example.com",
  },
};
const s3files = { fileSystemArn: "arn:aws:s3files:r:123456789012:file-system/fs-1" };

const firstFault = (volume: GivenVolume): unknown =>
  faults(withVolume({ name: "data", ...volume })).next().value;

describe("a volume of each kind", () => {
  test.each<GivenVolume>([
    {},
    { host: {} },
    { host: { sourcePath: "/data" } },
    { dockerVolumeConfiguration: { scope: "shared", autoprovision: true, driver: "local" } },
    { efsVolumeConfiguration: efs },
    {
      efsVolumeConfiguration: {
        ...efs,
        transitEncryption: "ENABLED",
        transitEncryptionPort: 2999,
        authorizationConfig: { accessPointId: "fsap-1", iam: "ENABLED" },
      },
    },
    { fsxWindowsFileServerVolumeConfiguration: fsx },
    { s3filesVolumeConfiguration: s3files },
    { s3filesVolumeConfiguration: { ...s3files, rootDirectory: "/", transitEncryptionPort: 0 } },
    { configuredAtLaunch: true },
    { configuredAtLaunch: false, host: { sourcePath: "/data" } },
  ])("%j", (volume) => {
    expect(firstFault(volume)).toBeUndefined();
  });
});

const ONE_KIND = "Volume 'data' can only have one type of configuration";
const BAD_PORT = "Invalid 'transitEncryptionPort' setting. Must be between 0 and 65535.";

describe("volume faults", () => {
  test.each<{ volume: GivenVolume; fault: string }>([
    { volume: { configuredAtLaunch: true, efsVolumeConfiguration: efs }, fault: ONE_KIND },
    {
      volume: {
        s3filesVolumeConfiguration: s3files,
        fsxWindowsFileServerVolumeConfiguration: fsx,
      },
      fault: ONE_KIND,
    },
    {
      volume: { host: { sourcePath: "/a" }, s3filesVolumeConfiguration: s3files },
      fault: ONE_KIND,
    },
    {
      volume: { efsVolumeConfiguration: { fileSystemId: "data" } },
      fault: "Invalid file system id: 'data'",
    },
    {
      volume: {
        efsVolumeConfiguration: {
          ...efs,
          transitEncryption: "ENABLED",
          transitEncryptionPort: 65_536,
        },
      },
      fault: BAD_PORT,
    },
    {
      volume: { fsxWindowsFileServerVolumeConfiguration: { ...fsx, fileSystemId: "" } },
      fault: "Invalid file system id: ''",
    },
    {
      volume: { fsxWindowsFileServerVolumeConfiguration: { ...fsx, rootDirectory: "" } },
      fault: "FSx volume rootDirectory should not be null or empty.",
    },
    {
      volume: {
        fsxWindowsFileServerVolumeConfiguration: {
          ...fsx,
          authorizationConfig: { ...fsx.authorizationConfig, domain: "" },
        },
      },
      fault: "FSx volume domain should not be null or empty.",
    },
    {
      volume: {
        fsxWindowsFileServerVolumeConfiguration: {
          ...fsx,
          authorizationConfig: { credentialsParameter: "secret", domain: "d" },
        },
      },
      fault: "Invalid arn syntax",
    },
    {
      volume: { s3filesVolumeConfiguration: { fileSystemArn: "fs-1" } },
      fault: "Invalid arn syntax",
    },
    {
      volume: { s3filesVolumeConfiguration: { ...s3files, accessPointArn: "fsap-1" } },
      fault: "Invalid arn syntax",
    },
    {
      volume: { s3filesVolumeConfiguration: { ...s3files, transitEncryptionPort: -1 } },
      fault: BAD_PORT,
    },
  ])("$fault in $volume", ({ volume, fault }) => {
    expect(firstFault(volume)).toBe(fault);
  });
});
