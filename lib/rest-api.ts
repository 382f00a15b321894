import {
  AccessLogFormat,
  EndpointType,
  type Integration,
  LogGroupLogDestination,
  type MethodOptions,
  type CfnRestApi,
  RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { StageThrottle } from './access-control';
import { acknowledge } from './acknowledge';

export interface OriginApiProps {
  /** Unique in the account and region: API Gateway counts requests and errors by it. */
  readonly apiName: string;
  readonly description: string;
  /** The contract's path prefix: a stage of that name makes API Gateway's paths the contract's own. */
  readonly stage: 'live' | 'control';
  readonly integration: Integration;
  readonly methodOptions?: MethodOptions;
  readonly binaryMediaTypes?: string[];
  readonly accessLogs: boolean;
  /** Beyond it, API Gateway answers 429 by itself. */
  readonly throttle: StageThrottle;
  /** Leaves a custom domain as the only way in. */
  readonly disableExecuteApiEndpoint?: boolean;
}

/**
 * A regional REST API whose every path and method goes to one function: the contract is ours, not API Gateway's.
 * REST, because only REST streams answers.
 */
export class OriginApi extends RestApi {
  constructor(scope: Construct, id: string, props: OriginApiProps) {
    const { stage, integration, methodOptions, binaryMediaTypes, description, throttle } = props;
    super(scope, id, {
      restApiName: props.apiName,
      description,
      endpointConfiguration: { types: [EndpointType.REGIONAL] },
      // One for the whole account: whoever wants access logs has set it up.
      cloudWatchRole: false,
      deployOptions: {
        stageName: stage,
        ...throttle,
        metricsEnabled: true,
        ...(props.accessLogs && accessLog(scope, id)),
      },
      ...(binaryMediaTypes && { binaryMediaTypes }),
      disableExecuteApiEndpoint: props.disableExecuteApiEndpoint === true,
    });
    // The API's own host name takes TLS 1.0 unless it is told otherwise.
    const api = this.node.defaultChild as CfnRestApi;
    api.securityPolicy = SecurityPolicy.TLS13_1_2_PQ_2025_09;
    api.endpointAccessMode = 'BASIC';
    // Its URL as a library sees it; what operators need are outputs of the stacks.
    this.node.tryRemoveChild('Endpoint');
    this.root.addMethod('ANY', integration, methodOptions);
    this.root.addResource('{proxy+}').addMethod('ANY', integration, methodOptions);
    acknowledge(this, {
      'AwsSolutions-APIG2': 'Every request is validated by http/, the one implementation of the contract.',
      'AwsSolutions-APIG4':
        'Who may call is stated beside each API: authorizer, edge credential or operator token.',
      'AwsSolutions-COG4': 'Packagers and CDNs cannot sign in to Cognito: Basic, Bearer, a secret header.',
      'AwsSolutions-APIG1':
        'Access logs need a role that belongs to the account, not to us: set accessLogs once it is there.',
      'AwsSolutions-APIG3':
        'Callers hold a credential of 128 bits or more; a web ACL would inspect every byte of video.',
      'AwsSolutions-APIG6':
        'Functions log each refusal with tenant, event and pipeline; execution logs would hold bodies.',
    });
  }

  /** Host name that a CDN or a packager uses; paths begin with `/live` or `/control`. */
  get hostName(): string {
    return `${this.restApiId}.execute-api.${this.env.region}.${this.stack.urlSuffix}`;
  }
}

function accessLog(scope: Construct, id: string) {
  const log = new LogGroup(scope, `${id}AccessLog`, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return {
    accessLogDestination: new LogGroupLogDestination(log),
    accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
  };
}
