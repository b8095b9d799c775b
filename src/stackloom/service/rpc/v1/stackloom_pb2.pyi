import datetime

from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ScenarioRef(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class ScenarioSource(_message.Message):
    __slots__ = ("text", "files", "variables")
    class FilesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class VariablesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _struct_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...
    TEXT_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    text: str
    files: _containers.ScalarMap[str, str]
    variables: _containers.MessageMap[str, _struct_pb2.Value]
    def __init__(self, text: _Optional[str] = ..., files: _Optional[_Mapping[str, str]] = ..., variables: _Optional[_Mapping[str, _struct_pb2.Value]] = ...) -> None: ...

class Check(_message.Message):
    __slots__ = ("every_seconds", "webhook_url", "webhook_secret", "credential")
    EVERY_SECONDS_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_URL_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_SECRET_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    every_seconds: int
    webhook_url: str
    webhook_secret: str
    credential: Credential
    def __init__(self, every_seconds: _Optional[int] = ..., webhook_url: _Optional[str] = ..., webhook_secret: _Optional[str] = ..., credential: _Optional[_Union[Credential, _Mapping]] = ...) -> None: ...

class CreateScenarioRequest(_message.Message):
    __slots__ = ("source", "tags", "check")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    CHECK_FIELD_NUMBER: _ClassVar[int]
    source: ScenarioSource
    tags: _containers.RepeatedScalarFieldContainer[str]
    check: Check
    def __init__(self, source: _Optional[_Union[ScenarioSource, _Mapping]] = ..., tags: _Optional[_Iterable[str]] = ..., check: _Optional[_Union[Check, _Mapping]] = ...) -> None: ...

class ReplaceScenarioRequest(_message.Message):
    __slots__ = ("id", "revision", "source", "tags", "check")
    ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    CHECK_FIELD_NUMBER: _ClassVar[int]
    id: str
    revision: int
    source: ScenarioSource
    tags: _containers.RepeatedScalarFieldContainer[str]
    check: Check
    def __init__(self, id: _Optional[str] = ..., revision: _Optional[int] = ..., source: _Optional[_Union[ScenarioSource, _Mapping]] = ..., tags: _Optional[_Iterable[str]] = ..., check: _Optional[_Union[Check, _Mapping]] = ...) -> None: ...

class DeleteScenarioRequest(_message.Message):
    __slots__ = ("id", "revision")
    ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    id: str
    revision: int
    def __init__(self, id: _Optional[str] = ..., revision: _Optional[int] = ...) -> None: ...

class ListScenariosRequest(_message.Message):
    __slots__ = ("limit", "marker", "name", "tags", "condition", "sort")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    MARKER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    limit: int
    marker: str
    name: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    condition: str
    sort: str
    def __init__(self, limit: _Optional[int] = ..., marker: _Optional[str] = ..., name: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., condition: _Optional[str] = ..., sort: _Optional[str] = ...) -> None: ...

class Scenario(_message.Message):
    __slots__ = ("id", "name", "revision", "condition", "tags", "check", "checked_at", "last_run_id", "created_at", "created_by", "updated_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    CHECK_FIELD_NUMBER: _ClassVar[int]
    CHECKED_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_RUN_ID_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    revision: int
    condition: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    check: Check
    checked_at: _timestamp_pb2.Timestamp
    last_run_id: str
    created_at: _timestamp_pb2.Timestamp
    created_by: str
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., revision: _Optional[int] = ..., condition: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., check: _Optional[_Union[Check, _Mapping]] = ..., checked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_run_id: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by: _Optional[str] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ScenarioPage(_message.Message):
    __slots__ = ("scenarios", "next_marker")
    SCENARIOS_FIELD_NUMBER: _ClassVar[int]
    NEXT_MARKER_FIELD_NUMBER: _ClassVar[int]
    scenarios: _containers.RepeatedCompositeFieldContainer[Scenario]
    next_marker: str
    def __init__(self, scenarios: _Optional[_Iterable[_Union[Scenario, _Mapping]]] = ..., next_marker: _Optional[str] = ...) -> None: ...

class RevisionRef(_message.Message):
    __slots__ = ("scenario_id", "number")
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    number: int
    def __init__(self, scenario_id: _Optional[str] = ..., number: _Optional[int] = ...) -> None: ...

class ListRevisionsRequest(_message.Message):
    __slots__ = ("scenario_id", "limit", "marker")
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    MARKER_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    limit: int
    marker: int
    def __init__(self, scenario_id: _Optional[str] = ..., limit: _Optional[int] = ..., marker: _Optional[int] = ...) -> None: ...

class Revision(_message.Message):
    __slots__ = ("number", "source", "created_at", "created_by")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    number: int
    source: ScenarioSource
    created_at: _timestamp_pb2.Timestamp
    created_by: str
    def __init__(self, number: _Optional[int] = ..., source: _Optional[_Union[ScenarioSource, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by: _Optional[str] = ...) -> None: ...

class RevisionPage(_message.Message):
    __slots__ = ("revisions", "next_marker")
    REVISIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_MARKER_FIELD_NUMBER: _ClassVar[int]
    revisions: _containers.RepeatedCompositeFieldContainer[Revision]
    next_marker: str
    def __init__(self, revisions: _Optional[_Iterable[_Union[Revision, _Mapping]]] = ..., next_marker: _Optional[str] = ...) -> None: ...

class Problem(_message.Message):
    __slots__ = ("file", "line", "column", "message", "hint")
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    file: str
    line: int
    column: int
    message: str
    hint: str
    def __init__(self, file: _Optional[str] = ..., line: _Optional[int] = ..., column: _Optional[int] = ..., message: _Optional[str] = ..., hint: _Optional[str] = ...) -> None: ...

class Validation(_message.Message):
    __slots__ = ("is_valid", "problems", "name", "resources", "secrets", "secrets_needed")
    IS_VALID_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    SECRETS_NEEDED_FIELD_NUMBER: _ClassVar[int]
    is_valid: bool
    problems: _containers.RepeatedCompositeFieldContainer[Problem]
    name: str
    resources: int
    secrets: _containers.RepeatedScalarFieldContainer[str]
    secrets_needed: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, is_valid: _Optional[bool] = ..., problems: _Optional[_Iterable[_Union[Problem, _Mapping]]] = ..., name: _Optional[str] = ..., resources: _Optional[int] = ..., secrets: _Optional[_Iterable[str]] = ..., secrets_needed: _Optional[_Iterable[str]] = ...) -> None: ...

class ListResourcesRequest(_message.Message):
    __slots__ = ("scenario_id", "limit", "marker", "kind", "condition")
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    MARKER_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    limit: int
    marker: str
    kind: str
    condition: str
    def __init__(self, scenario_id: _Optional[str] = ..., limit: _Optional[int] = ..., marker: _Optional[str] = ..., kind: _Optional[str] = ..., condition: _Optional[str] = ...) -> None: ...

class Resource(_message.Message):
    __slots__ = ("address", "kind", "cloud_id", "name", "condition", "differences", "needs", "seen_at")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CLOUD_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    SEEN_AT_FIELD_NUMBER: _ClassVar[int]
    address: str
    kind: str
    cloud_id: str
    name: str
    condition: str
    differences: _containers.RepeatedCompositeFieldContainer[FieldDifference]
    needs: _containers.RepeatedScalarFieldContainer[str]
    seen_at: _timestamp_pb2.Timestamp
    def __init__(self, address: _Optional[str] = ..., kind: _Optional[str] = ..., cloud_id: _Optional[str] = ..., name: _Optional[str] = ..., condition: _Optional[str] = ..., differences: _Optional[_Iterable[_Union[FieldDifference, _Mapping]]] = ..., needs: _Optional[_Iterable[str]] = ..., seen_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ResourcePage(_message.Message):
    __slots__ = ("resources", "next_marker")
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    NEXT_MARKER_FIELD_NUMBER: _ClassVar[int]
    resources: _containers.RepeatedCompositeFieldContainer[Resource]
    next_marker: str
    def __init__(self, resources: _Optional[_Iterable[_Union[Resource, _Mapping]]] = ..., next_marker: _Optional[str] = ...) -> None: ...

class Output(_message.Message):
    __slots__ = ("name", "value", "is_known")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    IS_KNOWN_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: _struct_pb2.Value
    is_known: bool
    def __init__(self, name: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., is_known: _Optional[bool] = ...) -> None: ...

class OutputPage(_message.Message):
    __slots__ = ("outputs",)
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    outputs: _containers.RepeatedCompositeFieldContainer[Output]
    def __init__(self, outputs: _Optional[_Iterable[_Union[Output, _Mapping]]] = ...) -> None: ...

class PlanRef(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class Credential(_message.Message):
    __slots__ = ("id", "secret")
    ID_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    id: str
    secret: str
    def __init__(self, id: _Optional[str] = ..., secret: _Optional[str] = ...) -> None: ...

class CreatePlanRequest(_message.Message):
    __slots__ = ("scenario_id", "source", "operation", "revision", "secrets", "credential")
    class SecretsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    source: ScenarioSource
    operation: str
    revision: int
    secrets: _containers.ScalarMap[str, str]
    credential: Credential
    def __init__(self, scenario_id: _Optional[str] = ..., source: _Optional[_Union[ScenarioSource, _Mapping]] = ..., operation: _Optional[str] = ..., revision: _Optional[int] = ..., secrets: _Optional[_Mapping[str, str]] = ..., credential: _Optional[_Union[Credential, _Mapping]] = ...) -> None: ...

class ListPlansRequest(_message.Message):
    __slots__ = ("limit", "marker", "scenario_id", "state", "sort")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    MARKER_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    limit: int
    marker: str
    scenario_id: str
    state: str
    sort: str
    def __init__(self, limit: _Optional[int] = ..., marker: _Optional[str] = ..., scenario_id: _Optional[str] = ..., state: _Optional[str] = ..., sort: _Optional[str] = ...) -> None: ...

class Counts(_message.Message):
    __slots__ = ("create", "update", "replace", "delete", "keep")
    CREATE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    REPLACE_FIELD_NUMBER: _ClassVar[int]
    DELETE_FIELD_NUMBER: _ClassVar[int]
    KEEP_FIELD_NUMBER: _ClassVar[int]
    create: int
    update: int
    replace: int
    delete: int
    keep: int
    def __init__(self, create: _Optional[int] = ..., update: _Optional[int] = ..., replace: _Optional[int] = ..., delete: _Optional[int] = ..., keep: _Optional[int] = ...) -> None: ...

class FieldDifference(_message.Message):
    __slots__ = ("field", "have", "want", "in_place")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    HAVE_FIELD_NUMBER: _ClassVar[int]
    WANT_FIELD_NUMBER: _ClassVar[int]
    IN_PLACE_FIELD_NUMBER: _ClassVar[int]
    field: str
    have: _struct_pb2.Value
    want: _struct_pb2.Value
    in_place: bool
    def __init__(self, field: _Optional[str] = ..., have: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., want: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., in_place: _Optional[bool] = ...) -> None: ...

class PlanStep(_message.Message):
    __slots__ = ("address", "action", "replaces", "because", "id", "differences", "needs", "after_deletes", "leaves_with", "blocked_by")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    REPLACES_FIELD_NUMBER: _ClassVar[int]
    BECAUSE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    AFTER_DELETES_FIELD_NUMBER: _ClassVar[int]
    LEAVES_WITH_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_BY_FIELD_NUMBER: _ClassVar[int]
    address: str
    action: str
    replaces: bool
    because: str
    id: str
    differences: _containers.RepeatedCompositeFieldContainer[FieldDifference]
    needs: _containers.RepeatedScalarFieldContainer[str]
    after_deletes: bool
    leaves_with: str
    blocked_by: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, address: _Optional[str] = ..., action: _Optional[str] = ..., replaces: _Optional[bool] = ..., because: _Optional[str] = ..., id: _Optional[str] = ..., differences: _Optional[_Iterable[_Union[FieldDifference, _Mapping]]] = ..., needs: _Optional[_Iterable[str]] = ..., after_deletes: _Optional[bool] = ..., leaves_with: _Optional[str] = ..., blocked_by: _Optional[_Iterable[str]] = ...) -> None: ...

class Source(_message.Message):
    __slots__ = ("file", "line", "column", "pointer")
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    POINTER_FIELD_NUMBER: _ClassVar[int]
    file: str
    line: int
    column: int
    pointer: str
    def __init__(self, file: _Optional[str] = ..., line: _Optional[int] = ..., column: _Optional[int] = ..., pointer: _Optional[str] = ...) -> None: ...

class ErrorItem(_message.Message):
    __slots__ = ("code", "status", "title", "detail", "request_id", "hint", "source")
    CODE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    code: str
    status: int
    title: str
    detail: str
    request_id: str
    hint: str
    source: Source
    def __init__(self, code: _Optional[str] = ..., status: _Optional[int] = ..., title: _Optional[str] = ..., detail: _Optional[str] = ..., request_id: _Optional[str] = ..., hint: _Optional[str] = ..., source: _Optional[_Union[Source, _Mapping]] = ...) -> None: ...

class Plan(_message.Message):
    __slots__ = ("id", "scenario_id", "scenario_name", "revision", "operation", "state", "counts", "steps", "warnings", "error", "created_at", "created_by", "ready_at", "expires_at", "run_id", "last_seq")
    ID_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    READY_AT_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQ_FIELD_NUMBER: _ClassVar[int]
    id: str
    scenario_id: str
    scenario_name: str
    revision: int
    operation: str
    state: str
    counts: Counts
    steps: _containers.RepeatedCompositeFieldContainer[PlanStep]
    warnings: _containers.RepeatedCompositeFieldContainer[Problem]
    error: ErrorItem
    created_at: _timestamp_pb2.Timestamp
    created_by: str
    ready_at: _timestamp_pb2.Timestamp
    expires_at: _timestamp_pb2.Timestamp
    run_id: str
    last_seq: int
    def __init__(self, id: _Optional[str] = ..., scenario_id: _Optional[str] = ..., scenario_name: _Optional[str] = ..., revision: _Optional[int] = ..., operation: _Optional[str] = ..., state: _Optional[str] = ..., counts: _Optional[_Union[Counts, _Mapping]] = ..., steps: _Optional[_Iterable[_Union[PlanStep, _Mapping]]] = ..., warnings: _Optional[_Iterable[_Union[Problem, _Mapping]]] = ..., error: _Optional[_Union[ErrorItem, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by: _Optional[str] = ..., ready_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., run_id: _Optional[str] = ..., last_seq: _Optional[int] = ...) -> None: ...

class PlanPage(_message.Message):
    __slots__ = ("plans", "next_marker")
    PLANS_FIELD_NUMBER: _ClassVar[int]
    NEXT_MARKER_FIELD_NUMBER: _ClassVar[int]
    plans: _containers.RepeatedCompositeFieldContainer[Plan]
    next_marker: str
    def __init__(self, plans: _Optional[_Iterable[_Union[Plan, _Mapping]]] = ..., next_marker: _Optional[str] = ...) -> None: ...

class RunRef(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class CreateRunRequest(_message.Message):
    __slots__ = ("plan_id", "scenario_id", "operation", "auto_approve", "secrets", "credential")
    class SecretsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    AUTO_APPROVE_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    scenario_id: str
    operation: str
    auto_approve: bool
    secrets: _containers.ScalarMap[str, str]
    credential: Credential
    def __init__(self, plan_id: _Optional[str] = ..., scenario_id: _Optional[str] = ..., operation: _Optional[str] = ..., auto_approve: _Optional[bool] = ..., secrets: _Optional[_Mapping[str, str]] = ..., credential: _Optional[_Union[Credential, _Mapping]] = ...) -> None: ...

class RetryRunRequest(_message.Message):
    __slots__ = ("id", "secrets", "credential")
    class SecretsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    id: str
    secrets: _containers.ScalarMap[str, str]
    credential: Credential
    def __init__(self, id: _Optional[str] = ..., secrets: _Optional[_Mapping[str, str]] = ..., credential: _Optional[_Union[Credential, _Mapping]] = ...) -> None: ...

class ListRunsRequest(_message.Message):
    __slots__ = ("limit", "marker", "scenario_id", "state", "sort")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    MARKER_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    limit: int
    marker: str
    scenario_id: str
    state: str
    sort: str
    def __init__(self, limit: _Optional[int] = ..., marker: _Optional[str] = ..., scenario_id: _Optional[str] = ..., state: _Optional[str] = ..., sort: _Optional[str] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("done", "failed", "skipped", "total")
    DONE_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    done: int
    failed: int
    skipped: int
    total: int
    def __init__(self, done: _Optional[int] = ..., failed: _Optional[int] = ..., skipped: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...

class RunActions(_message.Message):
    __slots__ = ("approve", "cancel", "retry")
    APPROVE_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    RETRY_FIELD_NUMBER: _ClassVar[int]
    approve: bool
    cancel: bool
    retry: bool
    def __init__(self, approve: _Optional[bool] = ..., cancel: _Optional[bool] = ..., retry: _Optional[bool] = ...) -> None: ...

class Run(_message.Message):
    __slots__ = ("id", "scenario_id", "scenario_name", "revision", "operation", "plan_id", "state", "state_since", "timestamps", "counts", "progress", "is_partial", "actions", "attempt", "next_try_at", "retry_of", "error", "global_request_id", "created_at", "created_by", "last_seq")
    class TimestampsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _timestamp_pb2.Timestamp
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STATE_SINCE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMPS_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    IS_PARTIAL_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    NEXT_TRY_AT_FIELD_NUMBER: _ClassVar[int]
    RETRY_OF_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQ_FIELD_NUMBER: _ClassVar[int]
    id: str
    scenario_id: str
    scenario_name: str
    revision: int
    operation: str
    plan_id: str
    state: str
    state_since: _timestamp_pb2.Timestamp
    timestamps: _containers.MessageMap[str, _timestamp_pb2.Timestamp]
    counts: Counts
    progress: Progress
    is_partial: bool
    actions: RunActions
    attempt: int
    next_try_at: _timestamp_pb2.Timestamp
    retry_of: str
    error: ErrorItem
    global_request_id: str
    created_at: _timestamp_pb2.Timestamp
    created_by: str
    last_seq: int
    def __init__(self, id: _Optional[str] = ..., scenario_id: _Optional[str] = ..., scenario_name: _Optional[str] = ..., revision: _Optional[int] = ..., operation: _Optional[str] = ..., plan_id: _Optional[str] = ..., state: _Optional[str] = ..., state_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., timestamps: _Optional[_Mapping[str, _timestamp_pb2.Timestamp]] = ..., counts: _Optional[_Union[Counts, _Mapping]] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., is_partial: _Optional[bool] = ..., actions: _Optional[_Union[RunActions, _Mapping]] = ..., attempt: _Optional[int] = ..., next_try_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., retry_of: _Optional[str] = ..., error: _Optional[_Union[ErrorItem, _Mapping]] = ..., global_request_id: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by: _Optional[str] = ..., last_seq: _Optional[int] = ...) -> None: ...

class RunPage(_message.Message):
    __slots__ = ("runs", "next_marker")
    RUNS_FIELD_NUMBER: _ClassVar[int]
    NEXT_MARKER_FIELD_NUMBER: _ClassVar[int]
    runs: _containers.RepeatedCompositeFieldContainer[Run]
    next_marker: str
    def __init__(self, runs: _Optional[_Iterable[_Union[Run, _Mapping]]] = ..., next_marker: _Optional[str] = ...) -> None: ...

class ListEventsRequest(_message.Message):
    __slots__ = ("id", "after", "limit")
    ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    id: str
    after: int
    limit: int
    def __init__(self, id: _Optional[str] = ..., after: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class ListProjectEventsRequest(_message.Message):
    __slots__ = ("after", "limit", "scenario_id")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    after: int
    limit: int
    scenario_id: str
    def __init__(self, after: _Optional[int] = ..., limit: _Optional[int] = ..., scenario_id: _Optional[str] = ...) -> None: ...

class WatchRequest(_message.Message):
    __slots__ = ("id", "after")
    ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    id: str
    after: int
    def __init__(self, id: _Optional[str] = ..., after: _Optional[int] = ...) -> None: ...

class WatchProjectRequest(_message.Message):
    __slots__ = ("after", "scenario_id")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    after: int
    scenario_id: str
    def __init__(self, after: _Optional[int] = ..., scenario_id: _Optional[str] = ...) -> None: ...

class EventPage(_message.Message):
    __slots__ = ("events", "is_over")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    IS_OVER_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[Event]
    is_over: bool
    def __init__(self, events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ..., is_over: _Optional[bool] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("type", "seq", "position", "at", "job_id", "scenario_id", "message", "job_state", "plan_ready", "step_started", "step_in_doubt", "step_accepted", "step_ended", "taken_over", "drift", "output", "warning")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    JOB_STATE_FIELD_NUMBER: _ClassVar[int]
    PLAN_READY_FIELD_NUMBER: _ClassVar[int]
    STEP_STARTED_FIELD_NUMBER: _ClassVar[int]
    STEP_IN_DOUBT_FIELD_NUMBER: _ClassVar[int]
    STEP_ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    STEP_ENDED_FIELD_NUMBER: _ClassVar[int]
    TAKEN_OVER_FIELD_NUMBER: _ClassVar[int]
    DRIFT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    type: str
    seq: int
    position: int
    at: _timestamp_pb2.Timestamp
    job_id: str
    scenario_id: str
    message: str
    job_state: JobState
    plan_ready: PlanReady
    step_started: StepStarted
    step_in_doubt: StepInDoubt
    step_accepted: StepAccepted
    step_ended: StepEnded
    taken_over: TakenOver
    drift: Drift
    output: OutputKnown
    warning: Warned
    def __init__(self, type: _Optional[str] = ..., seq: _Optional[int] = ..., position: _Optional[int] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., job_id: _Optional[str] = ..., scenario_id: _Optional[str] = ..., message: _Optional[str] = ..., job_state: _Optional[_Union[JobState, _Mapping]] = ..., plan_ready: _Optional[_Union[PlanReady, _Mapping]] = ..., step_started: _Optional[_Union[StepStarted, _Mapping]] = ..., step_in_doubt: _Optional[_Union[StepInDoubt, _Mapping]] = ..., step_accepted: _Optional[_Union[StepAccepted, _Mapping]] = ..., step_ended: _Optional[_Union[StepEnded, _Mapping]] = ..., taken_over: _Optional[_Union[TakenOver, _Mapping]] = ..., drift: _Optional[_Union[Drift, _Mapping]] = ..., output: _Optional[_Union[OutputKnown, _Mapping]] = ..., warning: _Optional[_Union[Warned, _Mapping]] = ...) -> None: ...

class JobState(_message.Message):
    __slots__ = ("state", "reason")
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    state: str
    reason: str
    def __init__(self, state: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class PlanReady(_message.Message):
    __slots__ = ("counts",)
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    counts: Counts
    def __init__(self, counts: _Optional[_Union[Counts, _Mapping]] = ...) -> None: ...

class StepStarted(_message.Message):
    __slots__ = ("address", "action")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    address: str
    action: str
    def __init__(self, address: _Optional[str] = ..., action: _Optional[str] = ...) -> None: ...

class StepInDoubt(_message.Message):
    __slots__ = ("address", "action", "reason")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    address: str
    action: str
    reason: str
    def __init__(self, address: _Optional[str] = ..., action: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class StepAccepted(_message.Message):
    __slots__ = ("address", "cloud_id")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    CLOUD_ID_FIELD_NUMBER: _ClassVar[int]
    address: str
    cloud_id: str
    def __init__(self, address: _Optional[str] = ..., cloud_id: _Optional[str] = ...) -> None: ...

class StepEnded(_message.Message):
    __slots__ = ("address", "action", "result", "seconds", "cloud_id", "error", "blamed")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    CLOUD_ID_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    BLAMED_FIELD_NUMBER: _ClassVar[int]
    address: str
    action: str
    result: str
    seconds: float
    cloud_id: str
    error: StepError
    blamed: str
    def __init__(self, address: _Optional[str] = ..., action: _Optional[str] = ..., result: _Optional[str] = ..., seconds: _Optional[float] = ..., cloud_id: _Optional[str] = ..., error: _Optional[_Union[StepError, _Mapping]] = ..., blamed: _Optional[str] = ...) -> None: ...

class StepError(_message.Message):
    __slots__ = ("code", "detail", "hint", "status", "service", "method", "request_id")
    CODE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    code: str
    detail: str
    hint: str
    status: int
    service: str
    method: str
    request_id: str
    def __init__(self, code: _Optional[str] = ..., detail: _Optional[str] = ..., hint: _Optional[str] = ..., status: _Optional[int] = ..., service: _Optional[str] = ..., method: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class TakenOver(_message.Message):
    __slots__ = ("attempt",)
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    attempt: int
    def __init__(self, attempt: _Optional[int] = ...) -> None: ...

class Drift(_message.Message):
    __slots__ = ("address", "condition", "differences")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    address: str
    condition: str
    differences: _containers.RepeatedCompositeFieldContainer[FieldDifference]
    def __init__(self, address: _Optional[str] = ..., condition: _Optional[str] = ..., differences: _Optional[_Iterable[_Union[FieldDifference, _Mapping]]] = ...) -> None: ...

class OutputKnown(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: _struct_pb2.Value
    def __init__(self, name: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...

class Warned(_message.Message):
    __slots__ = ("problem",)
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    problem: Problem
    def __init__(self, problem: _Optional[_Union[Problem, _Mapping]] = ...) -> None: ...

class ScenarioGraphRequest(_message.Message):
    __slots__ = ("scenario_id", "overlay", "format", "theme", "expand")
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    OVERLAY_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    THEME_FIELD_NUMBER: _ClassVar[int]
    EXPAND_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    overlay: str
    format: str
    theme: str
    expand: bool
    def __init__(self, scenario_id: _Optional[str] = ..., overlay: _Optional[str] = ..., format: _Optional[str] = ..., theme: _Optional[str] = ..., expand: _Optional[bool] = ...) -> None: ...

class ProjectGraphRequest(_message.Message):
    __slots__ = ("format", "theme", "expand")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    THEME_FIELD_NUMBER: _ClassVar[int]
    EXPAND_FIELD_NUMBER: _ClassVar[int]
    format: str
    theme: str
    expand: bool
    def __init__(self, format: _Optional[str] = ..., theme: _Optional[str] = ..., expand: _Optional[bool] = ...) -> None: ...

class TextGraphRequest(_message.Message):
    __slots__ = ("source", "format", "theme", "expand")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    THEME_FIELD_NUMBER: _ClassVar[int]
    EXPAND_FIELD_NUMBER: _ClassVar[int]
    source: ScenarioSource
    format: str
    theme: str
    expand: bool
    def __init__(self, source: _Optional[_Union[ScenarioSource, _Mapping]] = ..., format: _Optional[str] = ..., theme: _Optional[str] = ..., expand: _Optional[bool] = ...) -> None: ...

class Graph(_message.Message):
    __slots__ = ("title", "parts", "remarks", "elsewhere", "notices")
    class RemarksEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: GraphRemark
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[GraphRemark, _Mapping]] = ...) -> None: ...
    TITLE_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    ELSEWHERE_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    title: str
    parts: _containers.RepeatedCompositeFieldContainer[Part]
    remarks: _containers.MessageMap[str, GraphRemark]
    elsewhere: _containers.RepeatedScalarFieldContainer[str]
    notices: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, title: _Optional[str] = ..., parts: _Optional[_Iterable[_Union[Part, _Mapping]]] = ..., remarks: _Optional[_Mapping[str, GraphRemark]] = ..., elsewhere: _Optional[_Iterable[str]] = ..., notices: _Optional[_Iterable[str]] = ...) -> None: ...

class Drawing(_message.Message):
    __slots__ = ("content",)
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    def __init__(self, content: _Optional[bytes] = ...) -> None: ...

class GraphRemark(_message.Message):
    __slots__ = ("change", "lines", "stage", "reason")
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    change: str
    lines: _containers.RepeatedScalarFieldContainer[str]
    stage: str
    reason: str
    def __init__(self, change: _Optional[str] = ..., lines: _Optional[_Iterable[str]] = ..., stage: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class Part(_message.Message):
    __slots__ = ("bar", "bar_note", "box", "leg", "port", "badge")
    BAR_FIELD_NUMBER: _ClassVar[int]
    BAR_NOTE_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    LEG_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    BADGE_FIELD_NUMBER: _ClassVar[int]
    bar: Bar
    bar_note: BarNote
    box: Box
    leg: Leg
    port: Port
    badge: Badge
    def __init__(self, bar: _Optional[_Union[Bar, _Mapping]] = ..., bar_note: _Optional[_Union[BarNote, _Mapping]] = ..., box: _Optional[_Union[Box, _Mapping]] = ..., leg: _Optional[_Union[Leg, _Mapping]] = ..., port: _Optional[_Union[Port, _Mapping]] = ..., badge: _Optional[_Union[Badge, _Mapping]] = ...) -> None: ...

class Bar(_message.Message):
    __slots__ = ("key", "label", "note", "status", "is_external", "is_borrowed", "details")
    KEY_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    IS_EXTERNAL_FIELD_NUMBER: _ClassVar[int]
    IS_BORROWED_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    key: str
    label: str
    note: str
    status: str
    is_external: bool
    is_borrowed: bool
    details: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, key: _Optional[str] = ..., label: _Optional[str] = ..., note: _Optional[str] = ..., status: _Optional[str] = ..., is_external: _Optional[bool] = ..., is_borrowed: _Optional[bool] = ..., details: _Optional[_Iterable[str]] = ...) -> None: ...

class BarNote(_message.Message):
    __slots__ = ("bar", "note", "key", "details")
    BAR_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    bar: str
    note: str
    key: str
    details: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, bar: _Optional[str] = ..., note: _Optional[str] = ..., key: _Optional[str] = ..., details: _Optional[_Iterable[str]] = ...) -> None: ...

class Box(_message.Message):
    __slots__ = ("key", "sort", "label", "note", "status", "details")
    KEY_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    key: str
    sort: str
    label: str
    note: str
    status: str
    details: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, key: _Optional[str] = ..., sort: _Optional[str] = ..., label: _Optional[str] = ..., note: _Optional[str] = ..., status: _Optional[str] = ..., details: _Optional[_Iterable[str]] = ...) -> None: ...

class Leg(_message.Message):
    __slots__ = ("box", "bar", "note", "key", "port", "is_gateway", "details")
    BOX_FIELD_NUMBER: _ClassVar[int]
    BAR_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    IS_GATEWAY_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    box: str
    bar: str
    note: str
    key: str
    port: str
    is_gateway: bool
    details: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, box: _Optional[str] = ..., bar: _Optional[str] = ..., note: _Optional[str] = ..., key: _Optional[str] = ..., port: _Optional[str] = ..., is_gateway: _Optional[bool] = ..., details: _Optional[_Iterable[str]] = ...) -> None: ...

class Port(_message.Message):
    __slots__ = ("key", "bar", "label", "note", "status", "details")
    KEY_FIELD_NUMBER: _ClassVar[int]
    BAR_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    key: str
    bar: str
    label: str
    note: str
    status: str
    details: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, key: _Optional[str] = ..., bar: _Optional[str] = ..., label: _Optional[str] = ..., note: _Optional[str] = ..., status: _Optional[str] = ..., details: _Optional[_Iterable[str]] = ...) -> None: ...

class Badge(_message.Message):
    __slots__ = ("on", "key", "sort", "label", "note", "status", "details")
    ON_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    on: str
    key: str
    sort: str
    label: str
    note: str
    status: str
    details: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, on: _Optional[str] = ..., key: _Optional[str] = ..., sort: _Optional[str] = ..., label: _Optional[str] = ..., note: _Optional[str] = ..., status: _Optional[str] = ..., details: _Optional[_Iterable[str]] = ...) -> None: ...

class ListCloudRequest(_message.Message):
    __slots__ = ("limit", "marker", "name", "status", "anew")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    MARKER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ANEW_FIELD_NUMBER: _ClassVar[int]
    limit: int
    marker: str
    name: str
    status: str
    anew: bool
    def __init__(self, limit: _Optional[int] = ..., marker: _Optional[str] = ..., name: _Optional[str] = ..., status: _Optional[str] = ..., anew: _Optional[bool] = ...) -> None: ...

class CloudList(_message.Message):
    __slots__ = ("items", "age_seconds")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    AGE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[_struct_pb2.Struct]
    age_seconds: float
    def __init__(self, items: _Optional[_Iterable[_Union[_struct_pb2.Struct, _Mapping]]] = ..., age_seconds: _Optional[float] = ...) -> None: ...

class Caller(_message.Message):
    __slots__ = ("user_id", "user_name", "project_id", "project_name", "roles", "cloud", "expires_at", "may_change")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    USER_NAME_FIELD_NUMBER: _ClassVar[int]
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    PROJECT_NAME_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    CLOUD_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    MAY_CHANGE_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    user_name: str
    project_id: str
    project_name: str
    roles: _containers.RepeatedScalarFieldContainer[str]
    cloud: str
    expires_at: _timestamp_pb2.Timestamp
    may_change: bool
    def __init__(self, user_id: _Optional[str] = ..., user_name: _Optional[str] = ..., project_id: _Optional[str] = ..., project_name: _Optional[str] = ..., roles: _Optional[_Iterable[str]] = ..., cloud: _Optional[str] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., may_change: _Optional[bool] = ...) -> None: ...
