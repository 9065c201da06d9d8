"""API Gateway: every address leads to one function; what API Gateway says itself is said in our words."""

from __future__ import annotations

from publishing.deploy.infra import INFRA, WEB, Json, read


def complete(api: Json) -> None:
    """API Gateway only carries: routes, 404 and 405 are the application's, the same as on one machine."""
    sayings = read(INFRA / "sayings.yaml")
    body = api["DefinitionBody"]
    integration = _integration()
    body["info"]["title"] = {"Ref": "AWS::StackName"}
    body["paths"] = {path: {"x-amazon-apigateway-any-method": integration} for path in ("/", "/{proxy+}")}
    body["x-amazon-apigateway-binary-media-types"] = ["*/*"]
    body["x-amazon-apigateway-gateway-responses"] = {kind: _said(**what) for kind, what in sayings.items()}
    api |= {"Name": {"Ref": "AWS::StackName"}, "TracingEnabled": True}
    api["AccessLogSetting"] = {
        "DestinationArn": {"Fn::GetAtt": ["AccessLogs", "Arn"]},
        "Format": (
            '{"at":"$context.requestTime","request":"$context.requestId","trace":"$context.xrayTraceId",'
            '"method":"$context.httpMethod","status":"$context.status","ms":"$context.responseLatency",'
            '"bytes":"$context.responseLength","guard":"$context.waf.status"}'
        ),
    }
    api["MethodSettings"] = [
        {"HttpMethod": "*", "ResourcePath": "/*", "MetricsEnabled": True, "LoggingLevel": "OFF"}
    ]


def _integration() -> Json:
    start = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    return {
        "responses": {},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "passthroughBehavior": "when_no_match",
            "uri": {"Fn::Sub": f"{start}${{{WEB}.Arn}}/invocations"},
        },
    }


def _said(*, code: str, zh: str, en: str, status: int | None = None) -> Json:
    """What API Gateway itself says, as a page and as a problem."""
    page = (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{zh}</title>'
        f'<h1>{zh}</h1><p lang="en">{en}</p><p><a href="/">返回首页</a></p></html>'
    )
    problem = f'{{"code":"{code}","title":"{zh}","detail":"{en}"}}'
    headers = {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    quoted = {name: "'" + value.replace("'", "\\'") + "'" for name, value in headers.items()}
    said: Json = {
        "responseParameters": {f"gatewayresponse.header.{name}": value for name, value in quoted.items()},
        "responseTemplates": {"application/json": problem, "text/html": page},
    }
    return said | ({"statusCode": str(status)} if status else {})
