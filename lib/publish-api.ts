import { Duration } from 'aws-cdk-lib';
import {
  AuthorizationType,
  IdentitySource,
  LambdaIntegration,
  TokenAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageThrottle } from './access-control';
import { addGatewayProblems, PUBLISH_PROBLEMS } from './gateway-problems';
import { OriginApi } from './rest-api';

export interface PublishApiProps {
  readonly ingest: IFunction;
  /** Says whose credential it is; ingest says what that pipeline may do. */
  readonly authorizer: IFunction;
  readonly apiName: string;
  readonly accessLogs: boolean;
  readonly throttle: StageThrottle;
}

/** Packagers PUT here: `/live/{tenant}/{event}/{path}`. */
export class PublishApi extends Construct {
  readonly api: OriginApi;

  constructor(scope: Construct, id: string, props: PublishApiProps) {
    super(scope, id);
    const authorizer = new TokenAuthorizer(this, 'Authorizer', {
      handler: props.authorizer,
      identitySource: IdentitySource.header('Authorization'),
      // A packager PUTs some ten times a second with one credential. Revocation does not wait for this: ingest
      // refuses a revoked credential from its own memory of the event.
      resultsCacheTtl: Duration.minutes(5),
    });
    this.api = new OriginApi(this, 'Api', {
      apiName: props.apiName,
      description: 'Headwater publish: packagers PUT segments',
      stage: 'live',
      integration: new LambdaIntegration(props.ingest, { allowTestInvoke: false }),
      methodOptions: { authorizer, authorizationType: AuthorizationType.CUSTOM },
      // Bodies reach the function as base64 of the very bytes; without it they would be decoded as text.
      binaryMediaTypes: ['*/*'],
      accessLogs: props.accessLogs,
      throttle: props.throttle,
    });
    addGatewayProblems(this.api, PUBLISH_PROBLEMS);
  }
}
