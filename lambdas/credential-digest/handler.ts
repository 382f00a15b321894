import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { Digester } from '../../origin/ports/digester';
import { type CredentialDigestProperties, DIGESTS_ATTRIBUTE } from './environment';

/** The part of Secrets Manager that is used: versions of one secret. */
export interface SecretVersions {
  /** @returns undefined where the secret has no such version. */
  read(secretId: string, stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<string | undefined>;
  /** The new value becomes current, the current one previous. `token` makes a repeated call harmless. */
  replace(secretId: string, value: string, token: string): Promise<void>;
}

/** Bits of a replaced secret, as of the generated first one. */
const SECRET_BITS = 256;

/**
 * Turns a secret into digests while CloudFormation waits, so that no function's configuration holds a secret. A raised
 * generation replaces the secret first.
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
  if (generation !== before)
    await secrets.replace(secretId, digester.randomToken(SECRET_BITS), event.RequestId);
  const values = [await secrets.read(secretId, 'AWSCURRENT'), await secrets.read(secretId, 'AWSPREVIOUS')];
  const digests = values.flatMap((value) => (value === undefined ? [] : [digester.sha256Hex(value)]));
  return { [DIGESTS_ATTRIBUTE]: digests.join(',') };
}

function propertiesOf(properties: object): CredentialDigestProperties {
  return properties as CredentialDigestProperties;
}
