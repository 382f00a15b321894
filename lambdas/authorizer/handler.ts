import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import { identify } from '../../http/authenticate';
import type { Publisher } from '../../origin/ingest/publisher';
import type { Origin } from '../../origin/origin';
import type { Telemetry } from '../telemetry';

/** What is read of a request for authorization. */
type Asked = Pick<APIGatewayTokenAuthorizerEvent, 'authorizationToken' | 'methodArn'>;

/** API Gateway answers 401 for exactly this message, and 500 for any other. */
const UNAUTHORIZED = 'Unauthorized';

/**
 * Who a credential speaks for. API Gateway keeps the answer by token alone, whatever path it came with, so it must not
 * depend on the path: it allows all of the credential's event, and ingest decides on the rest.
 * Whom it turns away nobody else logs, since the request ends here.
 * @throws Error('Unauthorized') for a missing, wrong or expired credential; what the store throws.
 */
export function authorizerHandler(
  origin: Pick<Origin, 'clock' | 'credentials' | 'digester'>,
  { log }: Pick<Telemetry, 'log'>,
) {
  return async (event: Partial<Asked> | null): Promise<APIGatewayAuthorizerResult> => {
    const { authorizationToken, methodArn } = event ?? {};
    const token = typeof authorizationToken === 'string' ? authorizationToken : '';
    const publisher = await identify(origin, token).catch((error: unknown) => {
      log.error('store failing', { error });
      throw error;
    });
    if ('refused' in publisher) {
      log.warn('refused', { why: publisher.refused, ...publisher.of });
      throw new Error(UNAUTHORIZED);
    }
    return {
      principalId: publisher.credential,
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: 'Allow',
            Resource: eventArn(methodArn ?? '', publisher),
          },
        ],
      },
      context: { ...publisher },
    };
  };
}

/** `arn:aws:execute-api:{region}:{account}:{api}/{stage}/{method}/{path}` with any method and any path of the event. */
function eventArn(methodArn: string, { tenant, event }: Publisher): string {
  const [api = '', stage = ''] = methodArn.split('/');
  return `${api}/${stage}/*/${tenant}/${event}/*`;
}
