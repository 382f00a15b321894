import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { Digester } from '../../origin/ports/digester';
import { type CredentialDigestProperties, DIGESTS_ATTRIBUTE } from './environment';

/** The part of Secrets Manager that is used: versions of one secret. */
export interface SecretVersions {
  /** @returns undefined where the secret has no such version. */
  read(secretId: string, stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<string | undefined>;
  has(secretId: string, version: string): Promise<boolean>;
  /** The new value becomes current, the current one previous. */
  replace(secretId: string, value: string, version: string): Promise<void>;
}

/** Bits of a replaced secret, as of the generated first one. */
const SECRET_BITS = 256;

/**
 * Turns a secret into digests while CloudFormation waits, so that no function's configuration holds a secret. A raised
 * generation replaces the secret first, once: two versions are accepted, and a deployment that is rolled back, or tried again,
 * must not push out the one that the CDN still shows.
 * @throws what Secrets Manager throws.
 */
export async function digestsOf(
  event: CloudFormationCustomResourceEvent,
  secrets: SecretVersions,
  digester: Digester,
): Promise<Readonly<Record<string, string>>> {
  // The secret goes with its own resource; digests leave nothing behind.
  if (event.RequestType === 'Delete') return {};
  const { SecretId: secretId, Generation: generation } = propertiesOf(event.ResourceProperties);
  const before =
    event.RequestType === 'Update' ? propertiesOf(event.OldResourceProperties).Generation : generation;
  const version = versionOf(generation);
  if (Number(generation) > Number(before) && !(await secrets.has(secretId, version)))
    await secrets.replace(secretId, digester.randomToken(SECRET_BITS), version);
  const values = [await secrets.read(secretId, 'AWSCURRENT'), await secrets.read(secretId, 'AWSPREVIOUS')];
  const digests = values.flatMap((value) => (value === undefined ? [] : [digester.sha256Hex(value)]));
  return { [DIGESTS_ATTRIBUTE]: digests.join(',') };
}

/** Of 32 characters, the fewest that Secrets Manager takes. */
function versionOf(generation: string): string {
  return `generation-${generation.padStart(21, '0')}`;
}

function propertiesOf(properties: object): CredentialDigestProperties {
  return properties as CredentialDigestProperties;
}
