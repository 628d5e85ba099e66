//! `/transfers` and `/splits`: the same operations on groups of facts.

use super::{
    answer::{self, RestAnswer},
    body::Fields,
};
use crate::http::{
    problem::Problem,
    request::{Caller, Conditions, Id},
};
use app::{
    command::Command,
    domain::{FactGroup, GroupId, GroupKind, SplitForm, TransferForm},
    service::Service,
};
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;

/// Defines the handlers of one kind of group in a module of its own, and its routes.
macro_rules! group_calls {
    (
        $module:ident, $tag:literal, paths: [$all:literal, $one:literal, $restored:literal],
        kind: $kind:expr, form: $form:ty, fields: $fields:ident
    ) => {
        mod $module {
            use super::*;

            pub fn routes() -> OpenApiRouter<Service> {
                use utoipa_axum::routes;
                OpenApiRouter::new()
                    .routes(routes!(create))
                    .routes(routes!(show, replace, delete))
                    .routes(routes!(restore))
            }

            /// Records a group: several facts in one change.
            #[utoipa::path(post, path = $all, tag = $tag, params(crate::http::request::Repeatable), request_body = $form,
                responses((status = 201, body = FactGroup), (status = 200, description = "a repeat", body = FactGroup),
                    (status = 409, body = Problem), (status = 410, body = Problem), (status = 422, body = Problem)))]
            async fn create(
                State(service): State<Service>,
                Caller(actor): Caller,
                Conditions(terms): Conditions,
                fields: Fields,
            ) -> RestAnswer {
                let command = Command::RecordGroup(fields.$fields()?);
                let written = service.write(actor, terms, command).await?.of::<FactGroup>()?;
                let location = format!(concat!("/api/v1", $all, "/{}"), written.value.id);
                answer::created(written, &location)
            }

            /// Returns a group with its parts.
            #[utoipa::path(get, path = $one, tag = $tag, params(("id" = GroupId, Path)),
                responses((status = 200, body = FactGroup), (status = 404, body = Problem), (status = 410, body = Problem)))]
            async fn show(
                State(service): State<Service>,
                Caller(actor): Caller,
                Id(id): Id<GroupId>,
            ) -> RestAnswer {
                let group = service.group(actor, $kind, id).await?;
                answer::row(&group.value, group.position)
            }

            /// Replaces a group as a whole, in one change.
            #[utoipa::path(put, path = $one, tag = $tag, params(("id" = GroupId, Path), crate::http::request::Conditional), request_body = $form,
                responses((status = 200, body = FactGroup), (status = 404, body = Problem), (status = 409, body = Problem),
                    (status = 410, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
            async fn replace(
                State(service): State<Service>,
                Caller(actor): Caller,
                Id(id): Id<GroupId>,
                Conditions(terms): Conditions,
                fields: Fields,
            ) -> RestAnswer {
                let command = Command::ReviseGroup { id, form: fields.$fields()? };
                let written = service.write(actor, terms, command).await?.of::<FactGroup>()?;
                answer::row(&written.value, written.position)
            }

            /// Deletes a group with all its parts; it can be restored.
            #[utoipa::path(delete, path = $one, tag = $tag, params(("id" = GroupId, Path), crate::http::request::Conditional),
                responses((status = 204), (status = 404, body = Problem), (status = 410, body = Problem),
                    (status = 412, body = Problem)))]
            async fn delete(
                State(service): State<Service>,
                Caller(actor): Caller,
                Id(id): Id<GroupId>,
                Conditions(terms): Conditions,
            ) -> RestAnswer {
                let command = Command::DeleteGroup { kind: $kind, id };
                answer::gone(service.write(actor, terms, command).await?.position)
            }

            /// Restores a deleted group with the parts that it had.
            #[utoipa::path(post, path = $restored, tag = $tag, params(("id" = GroupId, Path), crate::http::request::Conditional),
                responses((status = 200, body = FactGroup), (status = 404, body = Problem), (status = 412, body = Problem)))]
            async fn restore(
                State(service): State<Service>,
                Caller(actor): Caller,
                Id(id): Id<GroupId>,
                Conditions(terms): Conditions,
            ) -> RestAnswer {
                let command = Command::RestoreGroup { kind: $kind, id };
                let written = service.write(actor, terms, command).await?.of::<FactGroup>()?;
                answer::row(&written.value, written.position)
            }
        }
    };
}

group_calls! {
    transfer, "transfers", paths: ["/transfers", "/transfers/{id}", "/transfers/{id}/restore"],
    kind: GroupKind::Transfer, form: TransferForm, fields: transfer
}
group_calls! {
    split, "splits", paths: ["/splits", "/splits/{id}", "/splits/{id}/restore"],
    kind: GroupKind::Split, form: SplitForm, fields: split
}

/// The routes of transfers.
pub fn transfers() -> OpenApiRouter<Service> {
    transfer::routes()
}

/// The routes of splits.
pub fn splits() -> OpenApiRouter<Service> {
    split::routes()
}
