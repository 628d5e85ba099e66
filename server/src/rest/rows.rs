//! The operations of every kind of row: create, show, replace, change, delete, restore. They differ only in
//! names and types, so they are written once; the lists differ and stand in their files.

/// Defines the handlers of a kind of row, and `rows()`, their routes.
macro_rules! row_calls {
    (
        tag: $tag:literal,
        paths: [$all:literal, $one:literal, $restored:literal],
        row: $row:ty, form: $form:ty, id: $id:ty,
        fields: [$some:ident, $whole:ident],
        show: $show:ident, commands: [$add:ident, $revise:ident, $delete:ident, $restore:ident],
    ) => {
        fn rows() -> utoipa_axum::router::OpenApiRouter<app::service::Service> {
            use utoipa_axum::routes;
            utoipa_axum::router::OpenApiRouter::new()
                .routes(routes!(create))
                .routes(routes!(show, replace, change, delete))
                .routes(routes!(restore))
        }

        /// Creates a row.
        #[utoipa::path(post, path = $all, tag = $tag, params(crate::http::request::Repeatable), request_body = $form,
            responses((status = 201, body = $row), (status = 200, description = "a repeat", body = $row),
                (status = 409, body = Problem), (status = 410, body = Problem), (status = 422, body = Problem)))]
        async fn create(
            State(service): State<Service>,
            Caller(actor): Caller,
            Conditions(terms): Conditions,
            fields: Fields,
        ) -> RestAnswer {
            let command = Command::$add(fields.$some()?);
            let written = service.write(actor, terms, command).await?.of::<$row>()?;
            let location = format!(concat!("/api/v1", $all, "/{}"), written.value.id);
            answer::created(written, &location)
        }

        /// Returns a row.
        #[utoipa::path(get, path = $one, tag = $tag, params(("id" = $id, Path)),
            responses((status = 200, body = $row), (status = 404, body = Problem), (status = 410, body = Problem)))]
        async fn show(State(service): State<Service>, Caller(actor): Caller, Id(id): Id<$id>) -> RestAnswer {
            let row = service.$show(actor, id).await?;
            answer::row(&row.value, row.position)
        }

        /// Replaces a row.
        #[utoipa::path(put, path = $one, tag = $tag, params(("id" = $id, Path), crate::http::request::Conditional), request_body = $form,
            responses((status = 200, body = $row), (status = 404, body = Problem), (status = 409, body = Problem),
                (status = 412, body = Problem), (status = 422, body = Problem)))]
        async fn replace(
            State(service): State<Service>,
            Caller(actor): Caller,
            Id(id): Id<$id>,
            Conditions(terms): Conditions,
            fields: Fields,
        ) -> RestAnswer {
            let command = Command::$revise { id, form: fields.$whole()? };
            let written = service.write(actor, terms, command).await?.of::<$row>()?;
            answer::row(&written.value, written.position)
        }

        /// Changes the given fields of a row.
        #[utoipa::path(patch, path = $one, tag = $tag, params(("id" = $id, Path), crate::http::request::Conditional), request_body = $form,
            responses((status = 200, body = $row), (status = 404, body = Problem), (status = 409, body = Problem),
                (status = 412, body = Problem), (status = 422, body = Problem)))]
        async fn change(
            State(service): State<Service>,
            Caller(actor): Caller,
            Id(id): Id<$id>,
            Conditions(terms): Conditions,
            fields: Fields,
        ) -> RestAnswer {
            let command = Command::$revise { id, form: fields.$some()? };
            let written = service.write(actor, terms, command).await?.of::<$row>()?;
            answer::row(&written.value, written.position)
        }

        /// Deletes a row; it can be restored.
        #[utoipa::path(delete, path = $one, tag = $tag, params(("id" = $id, Path), crate::http::request::Conditional),
            responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
                (status = 410, body = Problem), (status = 412, body = Problem)))]
        async fn delete(
            State(service): State<Service>,
            Caller(actor): Caller,
            Id(id): Id<$id>,
            Conditions(terms): Conditions,
        ) -> RestAnswer {
            answer::gone(service.write(actor, terms, Command::$delete { id }).await?.position)
        }

        /// Restores a deleted row.
        #[utoipa::path(post, path = $restored, tag = $tag, params(("id" = $id, Path), crate::http::request::Conditional),
            responses((status = 200, body = $row), (status = 404, body = Problem), (status = 412, body = Problem)))]
        async fn restore(
            State(service): State<Service>,
            Caller(actor): Caller,
            Id(id): Id<$id>,
            Conditions(terms): Conditions,
        ) -> RestAnswer {
            let written = service.write(actor, terms, Command::$restore { id }).await?.of::<$row>()?;
            answer::row(&written.value, written.position)
        }
    };
}

pub(super) use row_calls;
