@echo off
rem Builds ClusterTrain when its sources are newer than its program (quietly, in Release), then runs it.
setlocal
set "root=%~dp0"
set "program=%root%src\ClusterTrain.Node\bin\Release\net10.0\clustertrain.dll"
where dotnet >nul 2>nul
if errorlevel 1 (
    echo error: the .NET SDK 10 is needed and 'dotnet' is not on the PATH; see https://dotnet.microsoft.com/download>&2
    exit /b 1
)
set "log=%TEMP%\clustertrain-build-%RANDOM%%RANDOM%.log"
rem MSBuild knows best what is newer; where nothing is, this takes a second or two.
if not exist "%program%" echo Building ClusterTrain ...>&2
pushd "%root%"
dotnet build src\ClusterTrain.Node -c Release -nologo -v quiet >"%log%" 2>&1
set "failed=%ERRORLEVEL%"
popd
if not "%failed%"=="0" (
    type "%log%">&2
    del "%log%"
    echo error: the build failed; its messages are above>&2
    exit /b 1
)
del "%log%"
if not defined CLUSTERTRAIN_LAUNCHER set "CLUSTERTRAIN_LAUNCHER=%~n0"
dotnet "%program%" %*
exit /b %ERRORLEVEL%
