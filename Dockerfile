# The program alone, as an unprivileged user. docs/kubernetes.md says how to build and load it.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY .editorconfig Directory.Build.props Directory.Packages.props global.json ./
COPY src src
COPY cluster-config/runs cluster-config/runs
COPY cluster-config/studies cluster-config/studies
RUN dotnet publish src/ClusterTrain.Node -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app
# Runs and data are mounted here; the folders are for those who try it without.
RUN mkdir /runs /data && chown $APP_UID:$APP_UID /runs /data
WORKDIR /tmp
USER $APP_UID
EXPOSE 4053 4080
ENTRYPOINT ["/app/clustertrain"]
CMD ["--help"]
