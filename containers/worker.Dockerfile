# syntax=docker/dockerfile:1
# Image of a worker. The others come from `dotnet publish /t:PublishContainer`; these need GTK, which OpenCV's native library
# loads, and installing a package takes a Dockerfile. Built from the root of the repository:
#   docker build -f containers/worker.Dockerfile --build-arg PROJECT=Repaint.Clustering -t repaint-clustering .
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG PROJECT
WORKDIR /src
COPY . .
RUN dotnet publish "$PROJECT/$PROJECT.csproj" --configuration Release --runtime linux-x64 --no-self-contained --output /app \
    && ln -s "/app/$PROJECT" /app/service

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgtk-3-0t64 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /app /app
# Nothing is written but temporary files, so the root may be read-only; without diagnostics not even those.
ENV DOTNET_EnableDiagnostics=0 OPENCV_IO_MAX_IMAGE_PIXELS=50000000
USER $APP_UID
WORKDIR /app
EXPOSE 8080
ENTRYPOINT ["/app/service"]
