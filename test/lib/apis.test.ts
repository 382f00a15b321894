import { Match, type Template } from 'aws-cdk-lib/assertions';
import { templatesOf } from './templates';

const { home, away } = templatesOf();

interface GatewayResponse {
  readonly ResponseType: string;
  readonly RestApiId: { readonly Ref: string };
  readonly StatusCode?: string;
  readonly ResponseParameters: Readonly<Record<string, string>>;
  readonly ResponseTemplates: Readonly<Record<string, string>>;
}

function gatewayResponses(template: Template, api: string): Map<string, GatewayResponse> {
  const all = Object.values(template.findResources('AWS::ApiGateway::GatewayResponse')).map(
    (resource) => (resource as { Properties: GatewayResponse }).Properties,
  );
  return new Map(
    all.filter(({ RestApiId }) => RestApiId.Ref.includes(api)).map((entry) => [entry.ResponseType, entry]),
  );
}

describe('the publish API', () => {
  it('takes every body as the bytes it is, and is regional', () => {
    home.hasResourceProperties('AWS::ApiGateway::RestApi', {
      Description: Match.stringLikeRegexp('publish'),
      BinaryMediaTypes: ['*/*'],
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
  });

  it('asks a TOKEN authorizer, whose answers are kept for five minutes by token alone', () => {
    home.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'TOKEN',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 300,
    });
    const publishing = home.findResources('AWS::ApiGateway::Method', {
      Properties: { AuthorizationType: 'CUSTOM', HttpMethod: 'ANY' },
    });
    expect(Object.keys(publishing)).toHaveLength(2);
  });

  it.each([
    ['UNAUTHORIZED', '401'],
    ['ACCESS_DENIED', '403'],
    ['REQUEST_TOO_LARGE', '413'],
    ['THROTTLED', '429'],
    ['DEFAULT_4XX', undefined],
    ['DEFAULT_5XX', '503'],
  ])('answers %s with a problem document that nobody keeps', (type, status) => {
    const response = gatewayResponses(home, 'Publish').get(type);
    expect(response?.StatusCode).toBe(status);
    expect(response?.ResponseParameters['gatewayresponse.header.Cache-Control']).toBe("'no-store'");
    const problem = JSON.parse(response!.ResponseTemplates['application/problem+json']!) as Record<
      string,
      unknown
    >;
    expect(problem).toMatchObject({
      type: expect.stringMatching(/^\/problems\/[a-z0-9-]+$/) as string,
      title: expect.any(String) as string,
      detail: expect.any(String) as string,
    });
    expect(problem['status']?.toString()).toBe(status);
  });

  it('names the hand-off in its 413, as the embedded origin does', () => {
    const [body] = Object.values(
      gatewayResponses(home, 'Publish').get('REQUEST_TOO_LARGE')!.ResponseTemplates,
    );
    expect(JSON.parse(body!)).toMatchObject({
      upload: '?upload',
      bytesMax: 4_700_000,
      uploadBytesMax: 10_485_760,
    });
    const [control] = Object.values(
      gatewayResponses(home, 'Control').get('REQUEST_TOO_LARGE')!.ResponseTemplates,
    );
    expect(JSON.parse(control!)).not.toHaveProperty('upload');
  });

  it('asks for Basic credentials on 401: packagers send theirs only then', () => {
    expect(
      gatewayResponses(home, 'Publish').get('UNAUTHORIZED')?.ResponseParameters[
        'gatewayresponse.header.WWW-Authenticate'
      ],
    ).toMatch(/^'Basic realm=/);
  });
});

describe('the serve API', () => {
  it('streams answers: a function may return 6 MB otherwise', () => {
    home.hasResourceProperties('AWS::ApiGateway::Method', {
      AuthorizationType: 'NONE',
      Integration: {
        ResponseTransferMode: 'STREAM',
        Uri: Match.objectLike({
          'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('response-streaming-invocations')])],
        }),
      },
    });
    home.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.streamed' });
  });

  it('comes whole, as base64, where an emulator cannot stream', () => {
    const { home: emulated } = templatesOf({}, true);
    const methods = JSON.stringify(emulated.findResources('AWS::ApiGateway::Method'));
    expect(methods).not.toContain('STREAM');
    emulated.hasResourceProperties('AWS::ApiGateway::RestApi', {
      Description: Match.stringLikeRegexp('serve'),
      BinaryMediaTypes: ['*/*'],
    });
    emulated.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.buffered' });
  });

  it('keeps the status of a failing function: a CDN turns to the other region on 500 and 504, not on 503', () => {
    expect(gatewayResponses(home, 'Serve').get('DEFAULT_5XX')?.StatusCode).toBeUndefined();
  });
});

describe('stages', () => {
  it("are named as the contract's first path part, so the paths of API Gateway are the contract's own", () => {
    const names = (template: Template) =>
      Object.values(template.findResources('AWS::ApiGateway::Stage'))
        .map((stage) => (stage as { Properties: { StageName: string } }).Properties.StageName)
        .sort();
    expect(names(home)).toEqual(['control', 'live', 'live']);
    expect(names(away)).toEqual(['live', 'live']);
  });

  it('log accesses only where the account is set up for it', () => {
    home.resourcePropertiesCountIs('AWS::ApiGateway::Stage', { AccessLogSetting: Match.anyValue() }, 0);
    const { home: logging } = templatesOf({ accessLogs: true });
    logging.resourcePropertiesCountIs('AWS::ApiGateway::Stage', { AccessLogSetting: Match.anyValue() }, 3);
  });
});
